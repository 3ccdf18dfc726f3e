/**
 * Under a photo that was drawn at random: how likely that was, and the way to another.
 */
import { html, type TemplateResult } from "lit";

import { chanceInWords, explain } from "../i18n/common.ts";
import { viewingStrings } from "../i18n/viewer.ts";
import type { Drawn } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

type Draw = () => Promise<Drawn>;

class DrawOdds extends PageElement {
  static override properties = { drawn: { state: true }, told: { state: true }, drawing: { state: true } };
  declare drawn: Drawn;
  declare told: string;
  declare drawing: boolean;
  draw: Draw | null = null;
  show: (drawn: Drawn) => void = () => undefined;

  constructor() {
    super();
    this.drawing = false;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("drawn") && !this.drawing) this.told = chanceInWords(this.drawn.probability);
  }

  protected override render(): TemplateResult {
    return html`<p role="status">${this.told}</p>
      <button type="button" aria-disabled=${this.drawing ? "true" : "false"} @click=${this.#another}>
        ${icons.dice}${viewingStrings.another}
      </button>`;
  }

  #another = async (): Promise<void> => {
    if (this.drawing || this.draw === null) return;
    this.drawing = true;
    try {
      const before = this.drawn;
      this.drawn = await this.draw();
      const chance = chanceInWords(this.drawn.probability);
      this.told = before.photo.photo_id === this.drawn.photo.photo_id ? viewingStrings.onceMore(chance) : chance;
      this.show(this.drawn);
    } catch (problem) {
      this.told = explain(problem);
    }
    this.drawing = false;
  };
}

/** The line, with the first draw told; `show` is called with every further one. */
export function luckLine(first: Drawn, draw: Draw, show: (drawn: Drawn) => void): TemplateResult {
  if (customElements.get("tintype-draw-odds") === undefined) customElements.define("tintype-draw-odds", DrawOdds);
  return html`<tintype-draw-odds .drawn=${first} .draw=${draw} .show=${show}></tintype-draw-odds>`;
}
