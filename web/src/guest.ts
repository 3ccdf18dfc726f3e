/**
 * Entry point of the page for guests of a shared link: no sign-in, and only what the link gives access to.
 *
 * The token is in the fragment of the URL. It is stored nowhere; the pass that a password gives is stored in the tab.
 */
import "./styles/guest.css";

import { GuestClient } from "./api/guest-client.ts";
import { fetchConfig } from "./api/http-client.ts";
import { acceptDrops } from "./controllers/file-drop.ts";
import { GuestViewerController } from "./controllers/guest-viewer.ts";
import { tabStorage } from "./core/browser-storage.ts";
import { systemClock } from "./core/clock.ts";
import { readConfig } from "./core/config.ts";
import { lazyImport } from "./core/lazy-import.ts";
import { moduleRecovery } from "./core/module-recovery.ts";
import { browserNetwork, retryRepeatedly } from "./core/network-status.ts";
import { GuestGrid } from "./elements/guest-grid.ts";
import { GuestPage } from "./elements/guest-page.ts";
import { defineElement, defineOnce } from "./elements/page-element.ts";
import { followTheme } from "./elements/page-theme.ts";
import { guestStrings } from "./i18n/guest.ts";
import { parseGuestAddress } from "./state/guest-address.ts";
import { GuestAlbum, type GuestPhoto, takesPhotos } from "./state/guest-album.ts";
import { GuestNotice } from "./state/guest-notice.ts";
import { UrlRefresher } from "./state/url-refresher.ts";

/** How often a delay counts down, ms. */
const COUNTDOWN_STEP = 15_000;

followTheme();
defineOnce("tintype-guest-grid", GuestGrid);
const page = defineElement("tintype-guest-page", GuestPage);
const notice = new GuestNotice();
const loadUploads = lazyImport(() => import("./controllers/guest-uploads.ts"));
const loadDownloads = lazyImport(() => import("./elements/guest-download-dialog.ts"));

async function start(token: string): Promise<void> {
  const config = readConfig(await fetchConfig(new URL("../config.json", document.baseURI)));
  const api = new GuestClient(config.api, token, tabStorage, systemClock);
  const album = new GuestAlbum(api, () => systemClock.now());
  const refresher = new UrlRefresher<GuestPhoto>(
    (photoId) => api.getPhoto(photoId),
    (photo) => {
      album.replace(photo);
    },
    systemClock,
  );
  const viewer = new GuestViewerController({
    album,
    token,
    grid: () => page.grid,
    downloadPhoto: async ({ photo_id }) => {
      const url = await api.downloadUrl(photo_id);
      if (url === null) throw new Error("no file to download");
      location.assign(new URL(url, `${new URL(config.api, document.baseURI).href}/`));
    },
    reload: (photoId) => api.getPhoto(photoId),
  });

  function addFiles(files: readonly File[]): void {
    const link = album.album;
    if (link === null || !takesPhotos(link)) return;
    loadUploads().then(({ openUploads }) => {
      openUploads(api, link, files, () => void album.refresh());
    }, showError);
  }

  page.show(album, notice, token, {
    openPhoto: (photo) => {
      viewer.open(photo).catch(showError);
    },
    playSlideshow: () => {
      const [first] = album.photos;
      if (first !== undefined) viewer.open(first, true).catch(showError);
    },
    downloadAll: () => {
      const size = album.album?.download ?? "none";
      if (size === "none") return;
      loadDownloads().then(({ openGuestDownloadDialog }) => {
        openGuestDownloadDialog(api, size, config.api);
      }, showError);
    },
    addPhotos: () => {
      addFiles([]);
    },
    imageFailed: ({ photo_id }) => {
      refresher.refresh(photo_id);
    },
  });
  album.watch(() => {
    if (album.passwordProblem?.kind === "throttled") countDown(album.passwordProblem.until);
  });
  acceptDrops(window, {
    onFiles: addFiles,
    onHoverChange: (hovering) => {
      document.body.classList.toggle("dragging-files", hovering && album.album !== null && takesPhotos(album.album));
    },
  });
  addEventListener("popstate", () => {
    // Another link was entered or pasted.
    if (parseGuestAddress(location.hash).token !== token) location.reload();
    else viewer.followUrl().catch(showError);
  });
  moduleRecovery.watch(() => {
    notice.handleOnline();
    viewer.followUrl().catch(showError);
  });
  addEventListener("online", () => {
    notice.handleOnline();
    retryRepeatedly(systemClock, browserNetwork, () => {
      if (album.status === "failed") void album.load();
      else if (album.error !== null) void album.loadMore();
    });
  });
  await album.load();
  await viewer.followUrl();
}

/** Renders a delay until it is over. */
function countDown(until: number): void {
  page.now = systemClock.now();
  if (page.now < until) {
    systemClock.after(Math.min(COUNTDOWN_STEP, until - page.now), () => {
      countDown(until);
    });
  }
}

function showError(error: unknown): void {
  notice.report(error);
}

const { token } = parseGuestAddress(location.hash);
if (token !== null) {
  start(token).catch((error: unknown) => {
    console.error(error);
    showError(error);
  });
}
document.querySelector(".drop-overlay p")?.append(guestStrings.dropPhotos);
