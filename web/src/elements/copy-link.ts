/**
 * The viewer's button that copies the link to the current photo, and the message that says so.
 */
import { render } from "lit";
import type PhotoSwipe from "photoswipe";

import { viewerStrings } from "../i18n/viewer.ts";
import type { Photo } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { registerMessage } from "./viewer-message.ts";

/** Registers the button; `current` returns the photo and its URL. */
export function registerCopyLink(pswp: PhotoSwipe, current: () => { url: string; photo: Photo } | null): void {
  const showMessage = registerMessage(pswp);
  pswp.ui?.registerElement({
    name: "copy-link",
    order: 8,
    isButton: true,
    title: viewerStrings.copyLink,
    ariaLabel: viewerStrings.copyLink,
    onInit: (button) => {
      render(icons.link, button);
    },
    onClick: () => {
      const link = current();
      if (link === null) return;
      const copied = link.photo.status === "public" ? viewerStrings.linkCopied : viewerStrings.privateLinkCopied;
      void copyText(link.url).then((success) => {
        showMessage(success ? copied : viewerStrings.copyFailed);
      });
    },
  });
}

/** Copies a text; returns whether the browser allowed it. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
