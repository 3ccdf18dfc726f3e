/**
 * The odds of a random photo, and a button that shows another.
 */
import { html, type TemplateResult } from "lit";

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

/** Renders the odds of the first draw; `show` is called with every further one. */
export function drawOdds(first: RandomPhoto, draw: Draw, show: (drawn: RandomPhoto) => void): TemplateResult {
  defineOnce("tintype-draw-odds", DrawOdds);
  return html`<tintype-draw-odds .drawn=${first} .draw=${draw} .show=${show}></tintype-draw-odds>`;
}
