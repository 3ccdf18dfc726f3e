/**
 * Next and Previous of a viewer that loads its photos in pages: a step to a photo that is still to be loaded is taken once it is,
 * unless the viewer shows another one by then.
 */
import type PhotoSwipe from "photoswipe";

export type Side = "next" | "previous";

type PhotoIdAt = (index: number) => string | undefined;

/** Replaces PhotoSwipe's own steps, which end at the photos that are loaded; returns what to call when more are. */
export function waitForPhotos(pswp: PhotoSwipe, photoIdAt: PhotoIdAt, load: (side: Side) => void): (side: Side) => void {
  let awaited: { readonly side: Side; readonly from: string | undefined } | null = null;
  const step = (side: Side, index: number) => {
    awaited = null;
    if (photoIdAt(index) !== undefined) pswp.goTo(index);
    else {
      awaited = { side, from: photoIdAt(pswp.potentialIndex) };
      load(side);
    }
  };
  pswp.next = () => {
    step("next", pswp.potentialIndex + 1);
  };
  pswp.prev = () => {
    step("previous", pswp.potentialIndex - 1);
  };
  return (side) => {
    const index = pswp.potentialIndex + (side === "next" ? 1 : -1);
    const isAwaited = awaited?.side === side && awaited.from === photoIdAt(pswp.potentialIndex);
    if (isAwaited && photoIdAt(index) !== undefined) step(side, index);
  };
}
