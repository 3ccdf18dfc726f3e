/**
 * The message of the viewers, which goes away by itself; based on PhotoSwipe.
 */
import type PhotoSwipe from "photoswipe";

import { systemClock } from "../core/clock.ts";

/** How long a message is displayed, ms. */
const MESSAGE_TIME = 4000;

/** Registers the message; returns the function that displays one. */
export function registerMessage(pswp: PhotoSwipe): (text: string) => void {
  let message: HTMLElement | null = null;
  let hideMessage: () => void = () => undefined;
  pswp.ui?.registerElement({
    name: "message",
    order: 9,
    isButton: false,
    appendTo: "root",
    onInit: (element) => {
      element.setAttribute("role", "status");
      message = element;
    },
  });
  return (text) => {
    hideMessage();
    if (message !== null) message.textContent = text;
    hideMessage = systemClock.after(MESSAGE_TIME, () => {
      message?.replaceChildren();
    });
  };
}
