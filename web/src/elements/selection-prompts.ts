/**
 * The prompts of the selection bar for what is said of the selected photos: a rating, a place or a position.
 */
import { html, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import type { BatchChange } from "../state/batch-actions.ts";
import { parseCoordinates } from "../state/coordinates.ts";
import { MAX_RATING } from "../state/descriptions.ts";
import { icons } from "./icons.ts";

export interface PromptHandlers {
  readonly perform: (change: BatchChange) => void;
  readonly close: () => void;
  readonly keyPressed: (event: KeyboardEvent) => void;
}

export function renderRatingPrompt({ perform, close, keyPressed }: PromptHandlers): TemplateResult {
  const choice = (rating: number, content: unknown) => html`<button
    class="button quiet"
    type="button"
    aria-label=${selectionStrings.rating(rating)}
    @click=${() => {
      perform({ action: "rate", rating });
    }}
  >
    ${content}
  </button>`;
  const stars = Array.from({ length: MAX_RATING }, (_, index) => choice(index + 1, html`${index + 1}${icons.star}`));
  return html`<div class="selection-prompt selection-rating" role="group" aria-label=${selectionStrings.ratingPrompt} @keydown=${keyPressed}>
    ${stars} ${choice(0, selectionStrings.noRating)}
    <button class="button quiet" type="button" @click=${close}>${strings.cancel}</button>
  </div>`;
}

export function renderPlacePrompt({ perform, close, keyPressed }: PromptHandlers): TemplateResult {
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    const place = new FormData(event.target as HTMLFormElement).get("place") as string;
    const coordinates = parseCoordinates(place);
    perform(coordinates === null ? { action: "set_place", place: place.trim() } : { action: "set_coordinates", coordinates });
  };
  const reset = () => {
    perform({ action: "set_place", place: null });
  };
  return html`<form class="selection-tags selection-place" @submit=${submitted} @keydown=${keyPressed}>
    <label class="field">
      <span class="visually-hidden">${selectionStrings.placePrompt}</span>
      <input name="place" autocomplete="off" placeholder=${selectionStrings.placePlaceholder} required />
    </label>
    <button class="button primary">${selectionStrings.setPlace}</button>
    <button class="button quiet" type="button" @click=${reset}>${selectionStrings.resetPlace}</button>
    <button class="button quiet" type="button" @click=${close}>${strings.cancel}</button>
  </form>`;
}
