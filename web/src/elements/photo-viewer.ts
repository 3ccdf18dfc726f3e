/**
 * One photo over the whole window, the others a key or a swipe away: PhotoSwipe, loaded when first needed.
 *
 * Keeps a list of its own while open, so that photos coming in at the front do not move what is being looked at.
 */
import "photoswipe/style.css";
import "../styles/photo-viewer.css";
import "../styles/info-panel.css";

import PhotoSwipe, { type SlideData } from "photoswipe";

import { render } from "lit";

import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { formatDate, formatTag } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { altText, type RandomPhoto, sortedAt, type Photo, previewSize } from "../state/photo.ts";
import { drawOdds } from "./draw-odds.ts";
import { icons } from "./icons.ts";
import { type EditHandlers, type FetchPhoto, InfoPanel } from "./info-panel.ts";

export interface ViewerHandlers {
  /** The image of a photo in the grid, if it is there: the viewer grows out of it and shrinks back. */
  readonly thumbnailOf: (photo: Photo) => HTMLImageElement | null;
  /** The end of the list is near: the photos after it, if there are more. */
  readonly loadMore: () => Promise<readonly Photo[]>;
  /** Everything that is known of a photo. */
  readonly fetchPhoto: FetchPhoto;
  readonly editing: EditHandlers;
  /** Where the photo was drawn: how likely that was, and another draw. */
  readonly randomDraw: { readonly first: RandomPhoto; readonly draw: () => Promise<RandomPhoto> } | null;
  /** A tag under the photo was chosen. */
  readonly openTag: (tag: string) => void;
  /** The viewer has gone; this photo was seen last. */
  readonly onClose: (last: Photo) => void;
}

/** Photos that should lie ahead before more are asked for. */
const PREFETCH_PHOTOS = 4;

/** Up to this width the panel is a sheet over the lower part of the window, px; and how much of it that is. */
const SHEET_MAX_WIDTH = 700;
const SHEET_HEIGHT = 0.55;
/** Width of the panel beside the picture, px. */
const PANEL_WIDTH = 360;

export interface Viewer {
  close(): void;
}

/** Opens the viewer on the photo at `index`. */
export function openViewer(photos: readonly Photo[], index: number, handlers: ViewerHandlers): Viewer {
  const shown = [...photos];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pswp = new PhotoSwipe({
    dataSource: [],
    index,
    loop: false,
    returnFocus: false,
    thumbSelector: "img",
    bgOpacity: 1,
    wheelToZoom: true,
    showHideAnimationType: still ? "none" : "zoom",
    ...(still && { zoomAnimationDuration: false }),
    paddingFn: ({ x, y }) => {
      const room = { top: x > SHEET_MAX_WIDTH ? 64 : randomDraw === null ? 56 : 116, bottom: x < 600 ? 104 : 88, left: 0, right: 0 };
      if (!panel?.isOpen) return room;
      return x > SHEET_MAX_WIDTH ? { ...room, right: PANEL_WIDTH, bottom: room.top } : { ...room, bottom: y * SHEET_HEIGHT };
    },
    closeTitle: viewerStrings.close,
    zoomTitle: viewerStrings.zoom,
    arrowPrevTitle: viewerStrings.previousPhoto,
    arrowNextTitle: viewerStrings.nextPhoto,
    errorMsg: viewerStrings.imageFailed,
  });
  const { randomDraw } = handlers;
  const current = () => shown[pswp.currIndex];
  let panel: InfoPanel | null = null;
  /** Tells of the photo under it. */
  let tell: () => void = () => undefined;

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

  pswp.addFilter("numItems", () => shown.length);
  pswp.addFilter("itemData", (_, place) => {
    const photo = shown[place];
    return photo === undefined ? {} : slide(photo, handlers.thumbnailOf(photo));
  });

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
        tell = () => {
          const photo = current();
          if (photo) element.replaceChildren(...caption(photo, handlers.openTag));
        };
        element.setAttribute("aria-live", "polite");
        pswp.on("change", tell);
        tell();
      },
    });
    if (randomDraw !== null) {
      pswp.ui?.registerElement({
        name: "draw-odds",
        order: 9,
        isButton: false,
        appendTo: "root",
        onInit: (element) => {
          render(drawOdds(randomDraw.first, randomDraw.draw, (drawn) => {
            shown.splice(0, 1, drawn.photo);
            pswp.refreshSlideContent(0);
            tell();
            panel?.show(drawn.photo);
          }), element);
        },
      });
    }
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
    pswp.ui?.registerElement({
      name: "info-panel",
      className: "pswp__info",
      order: 10,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        const onSaved = (photo: Photo) => {
          const place = shown.findIndex(({ photo_id }) => photo_id === photo.photo_id);
          if (place >= 0) shown[place] = photo;
          tell();
          handlers.editing.onSaved(photo);
        };
        const { fetchPhoto, openTag, editing } = handlers;
        panel = new InfoPanel(element, { ...editing, fetchPhoto, openTag, onSaved, close: toggleInfo });
        pswp.on("change", () => {
          const photo = current();
          if (photo) panel?.show(photo);
        });
      },
    });
  });
  // Escape closes the panel first, the viewer only then.
  pswp.on("keydown", (event) => {
    if (event.originalEvent.key !== "Escape" || !panel?.isOpen) return;
    event.preventDefault();
    toggleInfo();
  });

  let asking = false;
  pswp.on("change", () => {
    if (asking || pswp.currIndex < shown.length - PREFETCH_PHOTOS) return;
    asking = true;
    void handlers.loadMore().then((more) => {
      shown.push(...more);
      asking = false;
      if (more.length > 0) pswp.refreshSlideContent(shown.length - more.length);
    });
  });
  let last = shown[index];
  pswp.on("change", () => {
    last = current();
  });
  pswp.on("destroy", () => {
    if (last) handlers.onClose(last);
  });
  pswp.init();
  // Pictures that did not come, come once there is a line again.
  pswp.events.add(window, "online", () => {
    for (const place of shown.keys()) {
      if (pswp.contentLoader.getContentByIndex(place)?.state === "error") pswp.refreshSlideContent(place);
    }
  });
  // Not by the viewer's own keys, which it hears only once it has opened all the way.
  pswp.events.add(document, "keydown", (event) => {
    if ((event as KeyboardEvent).key.toLowerCase() === "i" && isSingleKeyShortcut(event as KeyboardEvent, localStorage)) toggleInfo();
  });
  return pswp;
}

function slide(photo: Photo, image: HTMLImageElement | null): SlideData {
  const data = { src: photo.image_url ?? "", alt: altText(photo), ...previewSize(photo), thumbCropped: true };
  return image === null ? data : { ...data, element: image, msrc: image.currentSrc };
}

function caption(photo: Photo, onTag: (tag: string) => void): HTMLElement[] {
  const name = document.createElement("p");
  name.className = "caption-name";
  name.textContent = photo.filename;
  const date = document.createElement("time");
  date.dateTime = photo.taken_at ?? photo.created_at;
  date.textContent = formatDate(sortedAt(photo));
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
  return photo.tags.length > 0 ? [name, tags] : [name];
}
