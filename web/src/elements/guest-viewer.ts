/**
 * The full-screen viewer for guests of a shared link, with a slideshow; based on PhotoSwipe. Loaded when it is first opened.
 */
import "photoswipe/style.css";
import "../styles/guest-viewer.css";

import { html, render } from "lit";
import PhotoSwipe from "photoswipe";

import { formatIsoDate } from "../i18n/format.ts";
import { describePhoto, guestStrings as strings } from "../i18n/guest.ts";
import type { GuestPhoto, SharedAlbum } from "../state/guest-album.ts";
import { icons } from "./icons.ts";
import { registerCounter } from "./viewer-counter.ts";
import { registerMessage } from "./viewer-message.ts";
import { loadPreviewsFirst, slideOf, viewerOptions, zoomOutFirst } from "./viewer-slides.ts";
import { createSlideshow, registerSlideshow } from "./viewer-slideshow.ts";
import { waitForPhotos } from "./viewer-steps.ts";

export interface GuestViewerHandlers {
  /** The image of a photo in the grid, which the viewer zooms from and back to. */
  readonly thumbnailOf: (photo: GuestPhoto) => HTMLImageElement | null;
  /** Loads more photos; returns all that are loaded then. */
  readonly loadMore: () => Promise<readonly GuestPhoto[]>;
  /** How many photos the link has; null: the photo is displayed alone. */
  readonly total: number | null;
  readonly download: SharedAlbum["download"];
  /** Downloads a photo; rejects if that failed. */
  readonly downloadPhoto: (photo: GuestPhoto) => Promise<void>;
  /** Loads a photo, with URLs that have not expired; null if it is gone. */
  readonly reload: (photoId: string) => Promise<GuestPhoto | null>;
  readonly onChange: (photo: GuestPhoto) => void;
  /** Called with the last photo once the viewer is closed. */
  readonly onClose: (last: GuestPhoto) => void;
}

export interface GuestViewer {
  close(): void;
  /** Goes to a photo; false if it is not loaded. */
  show(photoId: string): boolean;
}

/** More photos are loaded when fewer than this many follow. */
const PREFETCH_PHOTOS = 6;

/** Opens the viewer on the photo at `index`, with `play` in a slideshow. */
export function openGuestViewer(photos: readonly GuestPhoto[], index: number, play: boolean, handlers: GuestViewerHandlers): GuestViewer {
  const photoList = [...photos];
  const pswp = new PhotoSwipe({ ...viewerOptions(index, { ...strings, close: strings.closeViewer }), preload: [1, 2] });
  const current = () => photoList[pswp.currIndex];
  const slideshow = createSlideshow(pswp, () => {
    pswp.goTo((pswp.currIndex + 1) % photoList.length);
  });

  pswp.addFilter("numItems", () => photoList.length);
  pswp.addFilter("itemData", (_, position) => {
    const photo = photoList[position];
    return photo === undefined ? {} : slideOf(photo, describePhoto(photo), handlers.thumbnailOf(photo));
  });
  loadPreviewsFirst(pswp);
  zoomOutFirst(pswp);

  pswp.on("firstUpdate", () => {
    pswp.element?.setAttribute("aria-label", strings.viewer);
    pswp.element?.setAttribute("aria-modal", "true");
  });
  pswp.on("uiRegister", () => {
    pswp.ui?.registerElement({
      name: "caption",
      order: 9,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        element.setAttribute("aria-live", "polite");
        const update = () => {
          const photo = current();
          if (photo !== undefined) render(caption(photo), element);
        };
        pswp.on("change", update);
        update();
      },
    });
    registerCounter(pswp, () => (handlers.total === null ? "" : strings.position(pswp.currIndex + 1, handlers.total)));
    const showMessage = registerMessage(pswp);
    registerSlideshow(pswp, slideshow, strings);
    if (handlers.download !== "none") {
      const label = handlers.download === "original" ? strings.downloadOriginal : strings.download;
      pswp.ui?.registerElement({
        name: "download",
        order: 8,
        isButton: true,
        title: label,
        ariaLabel: label,
        onInit: (button) => {
          render(icons.download, button);
        },
        onClick: () => {
          const photo = current();
          if (photo === undefined) return;
          handlers.downloadPhoto(photo).catch(() => {
            showMessage(strings.downloadFailed);
          });
        },
      });
    }
  });

  const reloaded = new Set<string>();
  pswp.on("loadError", ({ content }) => {
    const photo = photoList[content.index];
    if (photo === undefined || reloaded.has(photo.photo_id)) return;
    reloaded.add(photo.photo_id);
    handlers.reload(photo.photo_id).then(
      (newer) => {
        if (newer === null || pswp.isDestroying) return;
        photoList[content.index] = newer;
        pswp.refreshSlideContent(content.index);
      },
      () => undefined,
    );
  });
  let loading = false;
  pswp.on("change", () => {
    const photo = current();
    if (photo !== undefined && photo.photo_id !== last?.photo_id) handlers.onChange(photo);
    last = photo;
    loadMore();
  });
  function loadMore(): void {
    if (loading || pswp.currIndex < photoList.length - PREFETCH_PHOTOS) return;
    loading = true;
    void handlers.loadMore().then((all) => {
      loading = false;
      const known = new Set(photoList.map(({ photo_id }) => photo_id));
      const first = photoList.length;
      photoList.push(...all.filter(({ photo_id }) => !known.has(photo_id)));
      if (photoList.length === first || pswp.isDestroying) return;
      pswp.refreshSlideContent(first);
      onLoaded("next");
    });
  }
  const onLoaded = waitForPhotos(pswp, (position) => photoList[position]?.photo_id, loadMore);
  let last = photoList[index];
  pswp.on("destroy", () => {
    if (last !== undefined) handlers.onClose(last);
  });
  pswp.init();
  if (play) slideshow.play();
  return {
    close: () => {
      pswp.close();
    },
    show: (photoId) => {
      const position = photoList.findIndex(({ photo_id }) => photo_id === photoId);
      if (position >= 0) pswp.goTo(position);
      return position >= 0;
    },
  };
}

function caption({ caption: text, taken_local: taken, guest }: GuestPhoto) {
  const facts = [...(taken === null ? [] : [formatIsoDate(taken.slice(0, 10))]), ...(guest === null ? [] : [strings.addedBy(guest)])];
  return html`${text === "" ? null : html`<p class="caption-text">${text}</p>`}
    <p class="caption-facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>`;
}
