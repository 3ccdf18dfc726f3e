/**
 * The full-screen photo viewer, based on PhotoSwipe. Loaded when it is first opened.
 *
 * It keeps its own list of photos while it is open, so that new photos do not move the current one.
 */
import "photoswipe/style.css";
import "../styles/photo-viewer.css";
import "../styles/info-panel.css";

import PhotoSwipe from "photoswipe";

import { render } from "lit";

import { deviceStorage } from "../core/browser-storage.ts";
import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { systemClock } from "../core/clock.ts";
import { browserNetwork, retryRepeatedly } from "../core/network-status.ts";
import { strings } from "../i18n/common.ts";
import { formatDate, formatTag } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { altText, type Photo, type RandomPhoto, sortedAt, sortedAtAttribute } from "../state/photo.ts";
import { registerCopyLink } from "./copy-link.ts";
import { drawOdds } from "./draw-odds.ts";
import { icons } from "./icons.ts";
import { type EditHandlers, InfoPanel, type PhotoSource } from "./info-panel.ts";
import type { PhotoAlbumsContext } from "./photo-albums.ts";
import { registerShare } from "./share-button.ts";
import { ViewerEdits } from "./viewer-edits.ts";
import { loadPreviewsFirst, previewShare, slideOf } from "./viewer-slides.ts";

export interface ViewerHandlers {
  /** Returns the image of a photo in the grid, which the viewer zooms from and back to. */
  readonly thumbnailOf: (photo: Photo) => HTMLImageElement | null;
  /** Loads the photos after the last one; none if there are no more. */
  readonly loadNext: () => Promise<readonly Photo[]>;
  /** Loads the photos before the first one; none if there are no more. */
  readonly loadPrevious: () => Promise<readonly Photo[]>;
  /** The URL of a photo in the current view. */
  readonly linkTo: (photo: Photo) => string;
  /** Called when another photo is shown. */
  readonly onChange: (photo: Photo) => void;
  readonly source: PhotoSource;
  readonly editing: EditHandlers;
  readonly albums: PhotoAlbumsContext;
  /** For a random photo: its draw, and how to draw another. */
  readonly randomDraw: { readonly first: RandomPhoto; readonly draw: () => Promise<RandomPhoto> } | null;
  /** Shows the photos of a tag. */
  readonly openTag: (tag: string) => void;
  /** Opens the dialog that shares a photo, in an element of the viewer, which keeps the focus. */
  readonly share: (photo: Photo, parent: Element) => void;
  /** Called with the last photo once the viewer is closed. */
  readonly onClose: (last: Photo) => void;
}

/** More photos are loaded when fewer than this many follow. */
const PREFETCH_PHOTOS = 4;

/** Maximum window width for the panel as a bottom sheet, px, and the height of the sheet as a share of the window. */
const SHEET_MAX_WIDTH = 700;
const SHEET_HEIGHT = 0.55;
/** Height of the lines of a caption, px. */
const CAPTION_HEIGHT = 64;
/** Width of the panel next to the photo, px. */
const PANEL_WIDTH = 360;

export interface Viewer {
  close(): void;
  /** Goes to a photo; false if it is not in the viewer's list. */
  show(photoId: string): boolean;
}

/** Opens the viewer on the photo at `index`. */
export function openViewer(photos: readonly Photo[], index: number, handlers: ViewerHandlers): Viewer {
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
    showHideAnimationType: reducedMotion ? "none" : "zoom",
    ...(reducedMotion && { zoomAnimationDuration: false }),
    paddingFn: ({ x, y }, _, index) => {
      const captionHeight = photoList[index]?.caption ? CAPTION_HEIGHT : 0;
      const bottom = (x < 600 ? 104 : 88) + captionHeight;
      const padding = { top: x > SHEET_MAX_WIDTH ? 64 : randomDraw === null ? 56 : 116, bottom, left: 0, right: 0 };
      if (!panel?.isOpen) return padding;
      return x > SHEET_MAX_WIDTH ? { ...padding, right: PANEL_WIDTH, bottom: padding.top } : { ...padding, bottom: y * SHEET_HEIGHT };
    },
    // At first the preview is displayed, never enlarged.
    initialZoomLevel: ({ fit, itemData }) => Math.min(fit, previewShare(itemData)),
    // A panorama fills the window, at most at its pixels.
    secondaryZoomLevel: ({ fit, fill }) => Math.min(1, Math.max(3 * fit, fill)),
    closeTitle: viewerStrings.close,
    zoomTitle: viewerStrings.zoom,
    arrowPrevTitle: viewerStrings.previousPhoto,
    arrowNextTitle: viewerStrings.nextPhoto,
    errorMsg: viewerStrings.imageFailed,
  });
  const { randomDraw } = handlers;
  const current = () => photoList[pswp.currIndex];
  /** Whether a dialog covers the viewer: keys belong to it. */
  const hasDialog = () => (pswp.element?.querySelector("dialog[open]") ?? null) !== null;
  let panel: InfoPanel | null = null;
  /** Renders the caption of the current photo. */
  let renderCaption: () => void = () => undefined;
  const edits = new ViewerEdits(handlers.editing.api, current, (photo, leftAlbum) => {
    const index = photoList.findIndex(({ photo_id }) => photo_id === photo.photo_id);
    if (index >= 0) photoList[index] = photo;
    renderCaption();
    panel?.update(photo);
    handlers.editing.onSaved(photo, leftAlbum !== null && leftAlbum === handlers.albums.current.id);
  });

  function toggleInfo(): void {
    const photo = current();
    if (panel === null || photo === undefined) return;
    const button = pswp.element?.querySelector<HTMLElement>(".pswp__button--info");
    const inPanel = document.activeElement?.closest("#info") !== null;
    if (panel.isOpen) panel.close();
    else panel.open(photo);
    button?.setAttribute("aria-expanded", String(panel.isOpen));
    pswp.element?.classList.toggle("pswp--info", panel.isOpen);
    if (!panel.isOpen && inPanel) button?.focus();
    pswp.updateSize(true);
  }

  /** Goes to a photo, which is added after the current one if it is not in the list. */
  function openPhoto(photo: Photo): void {
    const index = photoList.findIndex(({ photo_id }) => photo_id === photo.photo_id);
    if (index >= 0) {
      pswp.goTo(index);
      return;
    }
    const next = pswp.currIndex + 1;
    photoList.splice(next, 0, photo);
    for (let moved = next; moved < photoList.length; moved += 1) pswp.contentLoader.removeByIndex(moved);
    pswp.refreshSlideContent(next);
    pswp.goTo(next);
  }

  /** Adds photos before the first one; the current one stays. */
  function prepend(photos: readonly Photo[]): void {
    if (photos.length === 0 || pswp.isDestroying) return;
    for (const index of photoList.keys()) pswp.contentLoader.removeByIndex(index);
    photoList.unshift(...photos);
    pswp.currIndex += photos.length;
    pswp.potentialIndex += photos.length;
    for (const { slide } of pswp.mainScroll.itemHolders) if (slide !== undefined) slide.index += photos.length;
    pswp.refreshSlideContent(pswp.currIndex - 1);
  }

  pswp.addFilter("numItems", () => photoList.length);
  pswp.addFilter("itemData", (_, position) => {
    const photo = photoList[position];
    return photo === undefined ? {} : slideOf(photo, altText(photo), handlers.thumbnailOf(photo));
  });

  loadPreviewsFirst(pswp);

  pswp.on("firstUpdate", () => {
    pswp.element?.setAttribute("aria-label", viewerStrings.viewer);
    pswp.element?.setAttribute("aria-modal", "true");
  });
  pswp.on("uiRegister", () => {
    pswp.ui?.registerElement({
      name: "caption",
      order: 9,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        renderCaption = () => {
          const photo = current();
          if (photo) element.replaceChildren(...caption(photo, handlers.openTag));
        };
        element.setAttribute("aria-live", "polite");
        pswp.on("change", renderCaption);
        renderCaption();
      },
    });
    if (randomDraw !== null) {
      pswp.ui?.registerElement({
        name: "draw-odds",
        order: 9,
        isButton: false,
        appendTo: "root",
        onInit: (element) => {
          render(
            drawOdds(randomDraw.first, randomDraw.draw, (drawn) => {
              photoList.splice(0, 1, drawn.photo);
              pswp.refreshSlideContent(0);
              renderCaption();
              panel?.show(drawn.photo);
              edits.renderButton();
            }),
            element,
          );
        },
      });
    }
    pswp.ui?.registerElement({
      name: "favorite",
      order: 8,
      isButton: true,
      title: `${viewerStrings.favorite} (f)`,
      ariaLabel: viewerStrings.favorite,
      onInit: (button) => {
        edits.addButton(button);
        pswp.on("change", () => {
          edits.renderButton();
        });
      },
      onClick: edits.toggleFavorite,
    });
    pswp.ui?.registerElement({
      name: "toast",
      order: 11,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        edits.addToast(element);
      },
    });
    pswp.ui?.registerElement({
      name: "info",
      order: 9,
      isButton: true,
      title: `${viewerStrings.info} (i)`,
      ariaLabel: viewerStrings.info,
      onInit: (button) => {
        render(icons.info, button);
        button.setAttribute("aria-controls", "info");
        button.setAttribute("aria-expanded", "false");
        button.setAttribute("aria-keyshortcuts", "i");
      },
      onClick: toggleInfo,
    });
    registerCopyLink(pswp, () => {
      const photo = current();
      return photo === undefined ? null : { url: handlers.linkTo(photo), photo };
    });
    registerShare(pswp, current, handlers.share);
    pswp.ui?.registerElement({
      name: "info-panel",
      className: "pswp__info",
      order: 10,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        const { source, openTag, editing, albums } = handlers;
        const editorOf = (photo: Photo) => edits.editorOf(photo);
        panel = new InfoPanel(element, {
          ...editing,
          ...source,
          albums,
          albumHandlers: { change: edits.changeAlbums, report: edits.report },
          editorOf,
          editDescription: edits.edit,
          openTag,
          openPhoto,
          close: toggleInfo,
        });
        pswp.on("change", () => {
          const photo = current();
          if (photo) panel?.show(photo);
        });
      },
    });
  });
  // Escape closes the panel first, then the viewer.
  pswp.on("keydown", (event) => {
    if (hasDialog()) event.preventDefault();
    if (hasDialog() || event.originalEvent.key !== "Escape" || !panel?.isOpen) return;
    event.preventDefault();
    toggleInfo();
  });

  let loading = false;
  pswp.on("change", () => {
    if (loading || pswp.currIndex < photoList.length - PREFETCH_PHOTOS) return;
    loading = true;
    void handlers.loadNext().then((more) => {
      photoList.push(...more);
      loading = false;
      if (more.length > 0) pswp.refreshSlideContent(photoList.length - more.length);
    });
  });
  let loadingPrevious = false;
  pswp.on("change", () => {
    if (loadingPrevious || pswp.currIndex >= PREFETCH_PHOTOS) return;
    loadingPrevious = true;
    void handlers.loadPrevious().then((photos) => {
      loadingPrevious = photos.length === 0;
      prepend(photos);
    });
  });
  let last = photoList[index];
  pswp.on("change", () => {
    const photo = current();
    if (photo !== undefined && photo.photo_id !== last?.photo_id) handlers.onChange(photo);
    last = photo;
  });
  pswp.on("destroy", () => {
    if (last) handlers.onClose(last);
  });
  pswp.init();
  // Failed images load again when the browser is back online.
  const retryFailed = () => {
    if (pswp.isDestroying) return;
    for (const index of photoList.keys()) {
      if (pswp.contentLoader.getContentByIndex(index)?.state === "error") pswp.refreshSlideContent(index);
    }
  };
  pswp.events.add(window, "online", () => {
    retryRepeatedly(systemClock, browserNetwork, retryFailed);
  });
  // The viewer's own key events start only after its opening animation.
  pswp.events.add(document, "keydown", (event) => {
    if (hasDialog()) return;
    edits.handleKey(event as KeyboardEvent);
    if ((event as KeyboardEvent).key.toLowerCase() === "i" && isSingleKeyShortcut(event as KeyboardEvent, deviceStorage)) toggleInfo();
  });
  return {
    close: () => {
      pswp.close();
    },
    show: (photoId) => {
      const index = photoList.findIndex(({ photo_id }) => photo_id === photoId);
      if (index >= 0) pswp.goTo(index);
      return index >= 0;
    },
  };
}

function caption(photo: Photo, onTag: (tag: string) => void): HTMLElement[] {
  const name = document.createElement("p");
  name.className = "caption-name";
  name.textContent = photo.filename;
  const date = document.createElement("time");
  date.dateTime = sortedAtAttribute(photo);
  const day = formatDate(sortedAt(photo));
  date.textContent = photo.taken_local === null ? strings.added(day) : day;
  name.append(date);
  const tags = document.createElement("ul");
  tags.className = "caption-tags";
  for (const tag of photo.tags) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = formatTag(tag);
    button.setAttribute("aria-label", viewerStrings.searchTag(formatTag(tag)));
    button.addEventListener("click", () => {
      onTag(tag);
    });
    const item = document.createElement("li");
    item.append(button);
    tags.append(item);
  }
  const text = document.createElement("p");
  text.className = "caption-text";
  text.textContent = photo.caption;
  const words = document.createElement("div");
  words.className = "caption-words";
  words.append(...(photo.caption === "" ? [] : [text]), name);
  return photo.tags.length > 0 ? [words, tags] : [words];
}
