/**
 * The part of the download dialog that chooses the photos: all, those of some days, or those with some tags.
 */
import { html, nothing, type TemplateResult } from "lit";

import { bundleStrings } from "../i18n/bundles.ts";
import { strings } from "../i18n/common.ts";
import { formatDateTime, formatNumber } from "../i18n/format.ts";
import type { BundleDraft, BundleSource } from "../state/bundle-draft.ts";
import { countYears, type DayRange } from "../state/bundle-plan.ts";
import type { Statistics } from "../state/statistics.ts";
import { viewYear } from "../state/view.ts";
import { keyedList } from "./keyed-list.ts";

const SOURCES: readonly BundleSource[] = ["all", "dates", "tags"];

export function renderSourceChoice(draft: BundleDraft): TemplateResult {
  return html`<div class="segments bundle-source" role="group" aria-label=${bundleStrings.source}>
    ${SOURCES.map(
      (source) => html`<button
        type="button"
        aria-pressed=${draft.source === source ? "true" : "false"}
        @click=${() => {
          draft.setSource(source);
        }}
      >
        ${bundleStrings.sources[source]}
      </button>`,
    )}
  </div>`;
}

/** Renders the first and last day, and the years of the library to choose from. */
export function renderDays(draft: BundleDraft, { months, as_of: asOf }: Statistics): TemplateResult {
  const { days } = draft;
  const input = (name: keyof DayRange, label: string) => html`<label class="field">
    <span>${label}</span>
    <input
      type="date"
      name=${name}
      .value=${days[name] ?? ""}
      @change=${(event: Event) => {
        draft.setDays({ ...draft.days, [name]: (event.target as HTMLInputElement).value || null });
      }}
    />
  </label>`;
  return html`<fieldset class="bundle-days">
    <legend>${bundleStrings.days}</legend>
    <div class="bundle-day-fields">${input("from", bundleStrings.firstDay)} ${input("to", bundleStrings.lastDay)}</div>
    <ul class="bundle-labels" role="list">
      ${keyedList(
        countYears(months),
        ([year]) => year,
        ([year, photos]) => html`<li>${renderYear(draft, year, photos)}</li>`,
      )}
    </ul>
    ${asOf === null ? nothing : html`<p class="hint">${bundleStrings.countedAt(formatDateTime(Date.parse(asOf)))}</p>`}
  </fieldset>`;
}

function renderYear(draft: BundleDraft, year: string, photos: number): TemplateResult {
  const isChosen = viewYear(draft.days) === year;
  return html`<button
    class="chip"
    type="button"
    aria-pressed=${isChosen ? "true" : "false"}
    aria-label=${strings.tagCount(year, photos)}
    @click=${() => {
      draft.setDays(isChosen ? { from: null, to: null } : { from: `${year}-01-01`, to: `${year}-12-31` });
    }}
  >
    <span>${year}</span> <span class="chip-count">${formatNumber(photos)}</span>
  </button>`;
}
