/**
 * The full-screen viewer for guests of a shared link, with a slideshow; based on PhotoSwipe. Loaded when it is first opened.
 */
import "photoswipe/style.css";
import "../styles/guest-viewer.css";

import { html, render } from "lit";
import PhotoSwipe from "photoswipe";

import { systemClock } from "../core/clock.ts";
import { formatIsoDate } from "../i18n/format.ts";
import { describePhoto, guestStrings as strings } from "../i18n/guest.ts";
import type { GuestPhoto, SharedAlbum } from "../state/guest-album.ts";
import { Slideshow } from "../state/slideshow.ts";
import { icons } from "./icons.ts";
import { registerMessage } from "./viewer-message.ts";
import { loadPreviewsFirst, previewShare, slideOf } from "./viewer-slides.ts";

export interface GuestViewerHandlers {
  /** The image of a photo in the grid, which the viewer zooms from and back to. */
  readonly thumbnailOf: (photo: GuestPhoto) => HTMLImageElement | null;
  /** Loads more photos; returns all that are loaded then. */
  readonly loadMore: () => Promise<readonly GuestPhoto[]>;
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
/** During a slideshow the controls hide after this time without input, ms. */
const IDLE_TIME = 2500;

/** Opens the viewer on the photo at `index`, with `play` in a slideshow. */
export function openGuestViewer(photos: readonly GuestPhoto[], index: number, play: boolean, handlers: GuestViewerHandlers): GuestViewer {
  const photoList = [...photos];
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pswp = new PhotoSwipe({
    dataSource: [],
    index,
    loop: false,
    returnFocus: false,
    thumbSelector: "img",
    bgOpacity: 1,
    wheelToZoom: true,
    preload: [1, 2],
    showHideAnimationType: reducedMotion ? "none" : "zoom",
    ...(reducedMotion && { zoomAnimationDuration: false }),
    // At first the preview is displayed, never enlarged.
    initialZoomLevel: ({ fit, itemData }) => Math.min(fit, previewShare(itemData)),
    secondaryZoomLevel: ({ fit, fill }) => Math.min(1, Math.max(3 * fit, fill)),
    closeTitle: strings.closeViewer,
    zoomTitle: strings.zoom,
    arrowPrevTitle: strings.previousPhoto,
    arrowNextTitle: strings.nextPhoto,
    errorMsg: strings.imageFailed,
  });
  const current = () => photoList[pswp.currIndex];
  const slideshow = new Slideshow(
    {
      isLoaded: () => pswp.currSlide?.content.state !== "loading",
      showNext: () => {
        pswp.goTo((pswp.currIndex + 1) % photoList.length);
      },
    },
    systemClock,
  );
  const screen = new ScreenLock();
  let hideControls: () => void = () => undefined;
  /** Shows the controls; during a slideshow they hide again. */
  function showControls(): void {
    hideControls();
    pswp.element?.classList.add("pswp--ui-visible");
    if (!slideshow.playing) return;
    hideControls = systemClock.after(IDLE_TIME, () => {
      if (slideshow.playing) pswp.element?.classList.remove("pswp--ui-visible");
    });
  }
  slideshow.watch(() => {
    pswp.element?.classList.toggle("pswp--playing", slideshow.playing);
    screen.keepOn(slideshow.playing);
    showControls();
  });

  pswp.addFilter("numItems", () => photoList.length);
  pswp.addFilter("itemData", (_, position) => {
    const photo = photoList[position];
    return photo === undefined ? {} : slideOf(photo, describePhoto(photo), handlers.thumbnailOf(photo));
  });
  loadPreviewsFirst(pswp);

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
    const showMessage = registerMessage(pswp);
    pswp.ui?.registerElement({
      name: "slideshow",
      order: 8,
      isButton: true,
      title: strings.play,
      ariaLabel: strings.play,
      onInit: (button) => {
        const update = () => {
          const label = slideshow.playing ? strings.pause : strings.play;
          render(slideshow.playing ? icons.pause : icons.play, button);
          button.setAttribute("aria-label", label);
          button.setAttribute("title", label);
        };
        slideshow.watch(update);
        update();
      },
      onClick: () => {
        slideshow.toggle();
      },
    });
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
    slideshow.restart();
    const photo = current();
    if (photo !== undefined && photo.photo_id !== last?.photo_id) handlers.onChange(photo);
    last = photo;
    if (loading || pswp.currIndex < photoList.length - PREFETCH_PHOTOS) return;
    loading = true;
    void handlers.loadMore().then((all) => {
      loading = false;
      const known = new Set(photoList.map(({ photo_id }) => photo_id));
      const first = photoList.length;
      photoList.push(...all.filter(({ photo_id }) => !known.has(photo_id)));
      if (photoList.length > first && !pswp.isDestroying) pswp.refreshSlideContent(first);
    });
  });
  let last = photoList[index];
  pswp.on("destroy", () => {
    slideshow.pause();
    hideControls();
    if (last !== undefined) handlers.onClose(last);
  });
  pswp.init();
  // A swipe or a key of the guest means that they want to look at photos themselves.
  pswp.events.add(document, "keydown", (event) => {
    if ((event as KeyboardEvent).key === " " && (event.target as Element).matches(".pswp")) {
      event.preventDefault();
      slideshow.toggle();
    }
    showControls();
  });
  // Browsers let the screen go off in a hidden tab, and don't keep it on again by themselves.
  pswp.events.add(document, "visibilitychange", () => {
    screen.keepOn(slideshow.playing && !document.hidden);
  });
  for (const type of ["pointermove", "pointerdown"]) pswp.events.add(document, type, showControls);
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

/** Keeps the screen on, where the browser can. */
class ScreenLock {
  #lock: Promise<WakeLockSentinel | null> | null = null;

  keepOn(on: boolean): void {
    const held = this.#lock;
    if (on === (held !== null)) return;
    // Denied, for example to save power: the slideshow plays on.
    this.#lock = on && "wakeLock" in navigator ? navigator.wakeLock.request("screen").catch(() => null) : null;
    void held?.then((lock) => lock?.release());
  }
}

function caption({ caption: text, taken_local: taken, guest }: GuestPhoto) {
  const facts = [...(taken === null ? [] : [formatIsoDate(taken.slice(0, 10))]), ...(guest === null ? [] : [strings.addedBy(guest)])];
  return html`${text === "" ? null : html`<p class="caption-text">${text}</p>`}
    <p class="caption-facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>`;
}
