/**
 * The odds of a random photo, and a button that shows another.
 */
import { html, render, type TemplateResult } from "lit";
import type PhotoSwipe from "photoswipe";

import { describeOdds, explain } from "../i18n/common.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import type { RandomPhoto } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { defineOnce, PageElement } from "./page-element.ts";

type Draw = () => Promise<RandomPhoto>;

class DrawOdds extends PageElement {
  static override properties = { drawn: { state: true }, message: { state: true }, drawing: { state: true } };
  declare drawn: RandomPhoto;
  declare message: string;
  declare drawing: boolean;
  draw: Draw | null = null;
  show: (drawn: RandomPhoto) => void = () => undefined;

  constructor() {
    super();
    this.drawing = false;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("drawn") && !this.drawing) this.message = describeOdds(this.drawn.probability);
  }

  protected override render(): TemplateResult {
    return html`<p role="status">${this.message}</p>
      <button type="button" aria-disabled=${this.drawing ? "true" : "false"} @click=${this.#drawAnother}>
        ${icons.dice}${viewerStrings.drawAnother}
      </button>`;
  }

  #drawAnother = async (): Promise<void> => {
    if (this.drawing || this.draw === null) return;
    this.drawing = true;
    try {
      const before = this.drawn;
      this.drawn = await this.draw();
      const chance = describeOdds(this.drawn.probability);
      this.message = before.photo.photo_id === this.drawn.photo.photo_id ? viewerStrings.samePhoto(chance) : chance;
      this.show(this.drawn);
    } catch (problem) {
      this.message = explain(problem);
    }
    this.drawing = false;
  };
}

/** A first draw, and how to draw another photo. */
export interface RandomDraw {
  readonly first: RandomPhoto;
  readonly draw: Draw;
}

/** Registers the odds in the viewer; `show` is called with every draw after the first. */
export function registerDrawOdds(pswp: PhotoSwipe, { first, draw }: RandomDraw, show: (drawn: RandomPhoto) => void): void {
  defineOnce("tintype-draw-odds", DrawOdds);
  pswp.ui?.registerElement({
    name: "draw-odds",
    order: 9,
    isButton: false,
    appendTo: "root",
    onInit: (element) => {
      render(html`<tintype-draw-odds .drawn=${first} .draw=${draw} .show=${show}></tintype-draw-odds>`, element);
    },
  });
}
