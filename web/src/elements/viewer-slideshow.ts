/**
 * The slideshow of the viewers: its button, the Space key, controls that hide, and the screen that stays on; based on PhotoSwipe.
 */
import "../styles/viewer-slideshow.css";

import { render } from "lit";
import type PhotoSwipe from "photoswipe";

import { systemClock } from "../core/clock.ts";
import { Slideshow } from "../state/slideshow.ts";
import { icons } from "./icons.ts";

/** During a slideshow the controls hide after this time without input, ms. */
const IDLE_TIME = 2500;

export interface SlideshowLabels {
  readonly play: string;
  readonly pause: string;
}

/** Adds a slideshow to a viewer that is not open yet. */
export function createSlideshow(pswp: PhotoSwipe, showNext: () => void): Slideshow {
  const slideshow = new Slideshow({ isLoaded: () => pswp.currSlide?.content.state !== "loading", showNext }, systemClock);
  const screen = new ScreenLock();
  let cancelHiding: () => void = () => undefined;
  /** Shows the controls; during a slideshow they hide again. */
  const showControls = () => {
    cancelHiding();
    pswp.element?.classList.add("pswp--ui-visible");
    if (!slideshow.playing) return;
    cancelHiding = systemClock.after(IDLE_TIME, () => {
      if (slideshow.playing) pswp.element?.classList.remove("pswp--ui-visible");
    });
  };
  slideshow.watch(() => {
    pswp.element?.classList.toggle("pswp--playing", slideshow.playing);
    screen.keepOn(slideshow.playing);
    showControls();
    // It has the window for itself.
    if (pswp.isOpen && !pswp.isDestroying) pswp.updateSize(true);
  });
  // Escape ends the slideshow first, then closes the viewer.
  pswp.on("keydown", (event) => {
    if (event.originalEvent.key !== "Escape" || !slideshow.playing) return;
    event.preventDefault();
    slideshow.pause();
  });
  pswp.on("change", () => {
    slideshow.restart();
  });
  pswp.on("destroy", () => {
    slideshow.pause();
    cancelHiding();
  });
  pswp.on("beforeOpen", () => {
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
  });
  return slideshow;
}

/** Registers the button that plays and pauses the slideshow. */
export function registerSlideshow(pswp: PhotoSwipe, slideshow: Slideshow, labels: SlideshowLabels): void {
  pswp.ui?.registerElement({
    name: "slideshow",
    order: 8,
    isButton: true,
    title: labels.play,
    ariaLabel: labels.play,
    onInit: (button) => {
      const update = () => {
        const label = slideshow.playing ? labels.pause : labels.play;
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
