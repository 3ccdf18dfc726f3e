/**
 * Under a photo that was drawn at random: how likely that was, and the way to another.
 */
import { html, type TemplateResult } from "lit";

import type { Drawn } from "../photo.ts";
import { viewingStrings } from "../strings-viewing.ts";
import { chanceInWords, explain } from "../strings.ts";
import { PageElement } from "./element.ts";
import { icons } from "./icons.ts";

type Draw = () => Promise<Drawn>;

class Luck extends PageElement {
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
  if (customElements.get("tintype-luck") === undefined) customElements.define("tintype-luck", Luck);
  return html`<tintype-luck .drawn=${first} .draw=${draw} .show=${show}></tintype-luck>`;
}
