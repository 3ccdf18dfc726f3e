/**
 * A slideshow: shows one photo after the other, each for a few seconds once its image has loaded.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

/** How long each photo is displayed, and how often the next image is looked for while it loads, ms. */
const SLIDE_TIME = 5000;
const LOADING_CHECK = 500;

export interface Slides {
  /** Whether the image of the current photo is displayed. */
  readonly isLoaded: () => boolean;
  /** Goes to the next photo, or from the last one to the first. */
  readonly showNext: () => void;
}

export class Slideshow extends Observable {
  readonly #slides: Slides;
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;

  playing = false;

  constructor(slides: Slides, clock: Clock) {
    super();
    this.#slides = slides;
    this.#clock = clock;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.playing) return;
    this.playing = true;
    this.restart();
    this.notifyWatchers();
  }

  pause(): void {
    this.#cancel();
    if (!this.playing) return;
    this.playing = false;
    this.notifyWatchers();
  }

  /** Shows the current photo for its full time, after the viewer went to it. */
  restart(): void {
    this.#cancel();
    if (this.playing) this.#wait(SLIDE_TIME);
  }

  #wait(milliseconds: number): void {
    this.#cancel = this.#clock.after(milliseconds, () => {
      if (!this.#slides.isLoaded()) this.#wait(LOADING_CHECK);
      else {
        this.restart();
        this.#slides.showNext();
      }
    });
  }
}
