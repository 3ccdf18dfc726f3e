/**
 * The counter of the viewers: where the photo is in its view, and how many photos the view has; based on PhotoSwipe.
 */
import type PhotoSwipe from "photoswipe";

/** Registers the counter in place of PhotoSwipe's, which is off; returns the function that renders it again. */
export function registerCounter(pswp: PhotoSwipe, describe: () => string): () => void {
  let element: HTMLElement | null = null;
  const update = () => {
    if (element !== null) element.textContent = describe();
  };
  pswp.ui?.registerElement({
    // Not "counter": an element whose name is off is not created.
    name: "position",
    className: "pswp__counter",
    order: 5,
    isButton: false,
    onInit: (created) => {
      element = created;
      pswp.on("change", update);
      update();
    },
  });
  return update;
}
