/**
 * One photo over the whole window, the others a key or a swipe away: PhotoSwipe, loaded when first needed.
 *
 * Keeps a list of its own while open, so that photos coming in at the front do not move what is being looked at.
 */
import "photoswipe/style.css";
import "./styles/viewer.css";

import PhotoSwipe, { type SlideData } from "photoswipe";

import { dateInWords, strings, tagInWords } from "./strings.ts";
import { describe, moment, type Photo, previewSize } from "./photo.ts";

export interface ViewerHandlers {
  /** The image of a photo in the grid, if it is there: the viewer grows out of it and shrinks back. */
  readonly imageOf: (photo: Photo) => HTMLImageElement | null;
  /** The end of the list is near: the photos after it, if there are more. */
  readonly more: () => Promise<readonly Photo[]>;
  /** A tag under the photo was chosen. */
  readonly tag: (tag: string) => void;
  /** The viewer has gone; this photo was seen last. */
  readonly closed: (last: Photo) => void;
}

/** Photos that should lie ahead before more are asked for. */
const AHEAD = 4;

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
    paddingFn: ({ x }) => ({ top: x < 600 ? 56 : 64, bottom: x < 600 ? 104 : 88, left: 0, right: 0 }),
    closeTitle: strings.closeViewer,
    zoomTitle: strings.zoom,
    arrowPrevTitle: strings.previousPhoto,
    arrowNextTitle: strings.nextPhoto,
    errorMsg: strings.imageFailed,
  });
  const current = () => shown[pswp.currIndex];

  pswp.addFilter("numItems", () => shown.length);
  pswp.addFilter("itemData", (_, place) => {
    const photo = shown[place];
    return photo === undefined ? {} : slide(photo, handlers.imageOf(photo));
  });

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
        const tell = () => {
          const photo = current();
          if (photo) element.replaceChildren(...caption(photo, handlers.tag));
        };
        element.setAttribute("aria-live", "polite");
        pswp.on("change", tell);
        tell();
      },
    });
  });

  let asking = false;
  pswp.on("change", () => {
    if (asking || pswp.currIndex < shown.length - AHEAD) return;
    asking = true;
    void handlers.more().then((more) => {
      shown.push(...more);
      asking = more.length === 0;
      if (more.length > 0) pswp.refreshSlideContent(shown.length - more.length);
    });
  });
  let last = shown[index];
  pswp.on("change", () => {
    last = current();
  });
  pswp.on("destroy", () => {
    if (last) handlers.closed(last);
  });
  pswp.init();
  return pswp;
}

function slide(photo: Photo, image: HTMLImageElement | null): SlideData {
  const data = { src: photo.image_url ?? "", alt: describe(photo), ...previewSize(photo), thumbCropped: true };
  return image === null ? data : { ...data, element: image, msrc: image.currentSrc };
}

function caption(photo: Photo, onTag: (tag: string) => void): HTMLElement[] {
  const name = document.createElement("p");
  name.className = "caption-name";
  name.textContent = photo.filename;
  const date = document.createElement("time");
  date.dateTime = photo.taken_at ?? photo.created_at;
  date.textContent = dateInWords(moment(photo));
  name.append(date);
  const tags = document.createElement("ul");
  tags.className = "caption-tags";
  for (const tag of photo.tags) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = tagInWords(tag);
    button.setAttribute("aria-label", strings.searchTag(tagInWords(tag)));
    button.addEventListener("click", () => {
      onTag(tag);
    });
    const item = document.createElement("li");
    item.append(button);
    tags.append(item);
  }
  return photo.tags.length > 0 ? [name, tags] : [name];
}
