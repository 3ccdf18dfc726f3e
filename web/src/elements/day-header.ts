/**
 * The header of a day in the grid: its date, and a checkbox that selects its photos.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { icons } from "./icons.ts";

export interface DayHeaderState {
  readonly id: string;
  readonly label: string;
  /** The photos that can be selected; without any there is no checkbox. */
  readonly photoIds: readonly string[];
  readonly selected: ReadonlySet<string>;
  readonly toggle: (photoIds: readonly string[]) => void;
}

export function renderDayHeader({ id, label, photoIds, selected, toggle }: DayHeaderState): TemplateResult {
  return html`<div class="day-header">
    <h2 id=${id}>${label}</h2>
    ${
      photoIds.length === 0
        ? nothing
        : html`<button
          class="day-checkbox"
          type="button"
          role="checkbox"
          aria-checked=${photoIds.every((photoId) => selected.has(photoId)) ? "true" : "false"}
          aria-label=${strings.selectDay(label)}
          @click=${() => {
            toggle(photoIds);
          }}
        >
          <span>${icons.check}</span>
        </button>`
    }
  </div>`;
}
