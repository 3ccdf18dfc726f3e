/**
 * The inputs for the date, the time of day and the time zone of a photo.
 */
import { html, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { dateStrings, formatOffset } from "../i18n/dates.ts";
import { dateLimits, offsetChoices, type TimeFields, UNKNOWN_ZONE } from "../state/date-changes.ts";

export function renderClockInputs({ date, time }: TimeFields): TemplateResult {
  const [first, last] = dateLimits(systemClock.now());
  return html`<label class="field">
      <span>${dateStrings.date}</span>
      <input type="date" name="date" required min=${first} max=${last} .value=${date} />
    </label>
    <label class="field">
      <span>${dateStrings.time}</span>
      <input type="time" name="time" required step="1" .value=${time} />
    </label>`;
}

/** Renders the choice of a time zone. `otherChoices` come first, as values and labels; an empty value is not valid if `required`. */
export function renderZoneSelect(
  zone: string,
  { otherChoices = [], required = false }: { otherChoices?: readonly (readonly [string, string])[]; required?: boolean } = {},
): TemplateResult {
  const offsets = offsetChoices(zone.includes(":") ? zone : null);
  const choices: readonly (readonly [string, string])[] = [
    ...otherChoices,
    [UNKNOWN_ZONE, dateStrings.unknownZone],
    ...offsets.map((offset) => [offset, formatOffset(offset)] as const),
  ];
  return html`<label class="field">
    <span>${dateStrings.zone}</span>
    <select name="zone" ?required=${required}>
      ${choices.map(([value, label]) => html`<option value=${value} .selected=${value === zone}>${label}</option>`)}
    </select>
  </label>`;
}

/** Reads the inputs; those that are missing are empty. */
export function readTimeFields(form: HTMLFormElement): TimeFields {
  const data = new FormData(form);
  const read = (name: keyof TimeFields) => (data.get(name) ?? "") as string;
  return { date: read("date"), time: read("time"), zone: read("zone") };
}
