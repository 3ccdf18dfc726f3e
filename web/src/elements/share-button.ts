/**
 * The viewer's button that shares the current photo, if it is the user's own.
 */
import { render } from "lit";
import type PhotoSwipe from "photoswipe";

import { strings } from "../i18n/common.ts";
import type { Photo } from "../state/photo.ts";
import { icons } from "./icons.ts";

/** Registers the button; `share` opens the dialog in the viewer's element. */
export function registerShare(pswp: PhotoSwipe, current: () => Photo | undefined, share: (photo: Photo, parent: Element) => void): void {
  pswp.ui?.registerElement({
    name: "share",
    order: 8,
    isButton: true,
    title: strings.share,
    ariaLabel: strings.share,
    onInit: (button) => {
      render(icons.share, button);
      const update = () => {
        const photo = current();
        button.hidden = photo?.mine !== true || photo.state !== "ready";
      };
      pswp.on("change", update);
      update();
    },
    onClick: () => {
      const photo = current();
      if (photo !== undefined && pswp.element) share(photo, pswp.element);
    },
  });
}
