/**
 * What the viewers have in common: slides with the preview, and a larger image only once it is zoomed; based on PhotoSwipe.
 */
import type PhotoSwipe from "photoswipe";
import type { PhotoSwipeOptions, SlideData } from "photoswipe";

import { fullSize, previewSize, viewerSrcset } from "../state/photo.ts";

type SlidePhoto = Parameters<typeof viewerSrcset>[0];

export interface ViewerLabels {
  readonly close: string;
  readonly zoom: string;
  readonly previousPhoto: string;
  readonly nextPhoto: string;
  readonly imageFailed: string;
}

/** The options of a viewer that opens on the photo at `index`. */
export function viewerOptions(index: number, labels: ViewerLabels): PhotoSwipeOptions {
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    dataSource: [],
    index,
    loop: false,
    returnFocus: false,
    thumbSelector: "img",
    bgOpacity: 1,
    wheelToZoom: true,
    // Its total would be of the photos that are loaded.
    counter: false,
    showHideAnimationType: reducedMotion ? "none" : "zoom",
    ...(reducedMotion && { zoomAnimationDuration: false }),
    // At first the preview is displayed, never enlarged.
    initialZoomLevel: ({ fit, itemData }) => Math.min(fit, previewShare(itemData)),
    // A panorama fills the window, at most at its pixels.
    secondaryZoomLevel: ({ fit, fill }) => Math.min(1, Math.max(3 * fit, fill)),
    closeTitle: labels.close,
    zoomTitle: labels.zoom,
    arrowPrevTitle: labels.previousPhoto,
    arrowNextTitle: labels.nextPhoto,
    errorMsg: labels.imageFailed,
  };
}

/** Lets Escape show a zoomed photo as a whole first, then close the viewer; listeners that were added before may take the key. */
export function zoomOutFirst(pswp: PhotoSwipe): void {
  pswp.on("keydown", (event) => {
    const slide = pswp.currSlide;
    if (event.defaultPrevented || event.originalEvent.key !== "Escape" || slide === undefined) return;
    if (slide.currZoomLevel <= slide.zoomLevels.initial) return;
    event.preventDefault();
    slide.zoomTo(slide.zoomLevels.initial, undefined, pswp.options.zoomAnimationDuration);
  });
}

/** A slide of a photo, which zooms from and back to its image in the grid, if there is one. */
export function slideOf(photo: SlidePhoto, alt: string, image: HTMLImageElement | null): SlideData {
  const size = fullSize(photo);
  const srcset = viewerSrcset(photo);
  const data = {
    src: photo.image_url ?? "",
    ...(srcset !== null && { srcset }),
    alt,
    ...size,
    previewShare: previewSize(photo).width / size.width,
    thumbCropped: true,
  };
  return image === null ? data : { ...data, element: image, msrc: image.currentSrc };
}

/** The width of a slide's preview as a share of the photo's. */
function previewShare(data: SlideData): number {
  return typeof data.previewShare === "number" ? data.previewShare : 1;
}

/** Lets the browser load a larger image only when the photo is zoomed beyond the preview. */
export function loadPreviewsFirst(pswp: PhotoSwipe): void {
  pswp.addFilter("srcsetSizesWidth", (width, { data, slide }) => {
    const isZoomed = slide !== undefined && slide.currZoomLevel > slide.zoomLevels.initial;
    const preview = (data.width ?? width) * previewShare(data);
    return isZoomed && width > preview ? width : Math.min(width, preview / devicePixelRatio);
  });
}
