/**
 * The dialog that changes the dates of selected photos. Loaded when it is first opened.
 */
import "../styles/date-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { dateStrings, formatCaptureTime } from "../i18n/dates.ts";
import type { BatchChange } from "../state/batch-actions.ts";
import {
  DATE_MODES,
  type DateMode,
  isPossibleTime,
  NO_ZONE_CHOSEN,
  setTime,
  setZone,
  type ShiftFields,
  shiftSeconds,
  timeFields,
} from "../state/date-changes.ts";
import { type Photo, sortedAt } from "../state/photo.ts";
import { readTimeFields, renderClockInputs, renderZoneSelect } from "./date-fields.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** The largest spans that can be entered. */
const MAX_SHIFT = { days: 99_999, hours: 999, minutes: 9999 } as const;

/** Opens the dialog for photos, at least one; `change` is called once the user decided. */
export function openDateDialog(photos: readonly Photo[], change: (change: BatchChange) => void): void {
  defineOnce("tintype-date-dialog", DateDialog);
  openDialog(new DateDialog(photos, change));
}

class DateDialog extends ModalDialog {
  static override properties = { mode: { state: true }, seconds: { state: true }, shiftMissing: { state: true } };
  declare mode: DateMode;
  /** By how much the photos are shifted; 0 while the inputs are invalid. */
  declare seconds: number;
  /** Whether the form was submitted without a shift. */
  declare shiftMissing: boolean;
  readonly #photos: readonly Photo[];
  readonly #change: (change: BatchChange) => void;

  constructor(photos: readonly Photo[], change: (change: BatchChange) => void) {
    super([], () => undefined);
    this.#photos = photos;
    this.#change = change;
    this.mode = "set";
    this.seconds = 0;
    this.shiftMissing = false;
  }

  protected override render(): TemplateResult {
    const count = this.#photos.length;
    return this.renderDialog({
      name: "date-dialog",
      title: dateStrings.title(count),
      closeLabel: dateStrings.close,
      content: html`<form @submit=${this.#submitted} @input=${this.#inputChanged}>
        <fieldset class="date-modes">
          <legend>${dateStrings.mode}</legend>
          ${DATE_MODES.map((mode) => this.#mode(mode))}
        </fieldset>
        ${this.#fields()}
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#cancelPressed}>${strings.cancel}</button>
          <button class="button primary">${dateStrings.apply(count)}</button>
        </div>
      </form>`,
    });
  }

  #mode(mode: DateMode): TemplateResult {
    const [label, hint] = dateStrings.modes[mode];
    return html`<label class="option-card">
      <input
        type="radio"
        name="mode"
        value=${mode}
        ?checked=${mode === "set"}
        @change=${() => {
          this.mode = mode;
        }}
      />
      <span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #fields(): TemplateResult | typeof nothing {
    const [first] = this.#photos;
    if (first === undefined) return nothing;
    switch (this.mode) {
      case "set":
        return html`<div class="date-fields">
          ${renderClockInputs(timeFields(first))}
          ${renderZoneSelect(NO_ZONE_CHOSEN, { otherChoices: [[NO_ZONE_CHOSEN, dateStrings.keepZone]] })}
        </div>`;
      case "shift":
        return html`${this.#undatedHint()} ${this.#shiftFields()}`;
      case "zone":
        return html`${this.#undatedHint()}
        <div class="date-fields">
          ${renderZoneSelect(first.offset ?? NO_ZONE_CHOSEN, { otherChoices: [[NO_ZONE_CHOSEN, dateStrings.chooseZone]], required: true })}
        </div>`;
      case "reset":
        return html`<p class="hint">${dateStrings.resetHint}</p>`;
    }
  }

  /** How many photos have no date that could be shifted. */
  #undatedHint(): TemplateResult | typeof nothing {
    const undated = this.#photos.filter(({ taken_local }) => taken_local === null).length;
    return undated === 0 ? nothing : html`<p class="hint">${dateStrings.undated(undated, this.#photos.length)}</p>`;
  }

  #shiftFields(): TemplateResult {
    const direction = (value: string, label: string) => html`<label class="option-card">
      <input type="radio" name="direction" value=${value} ?checked=${value === "forward"} />
      <span><b>${label}</b></span>
    </label>`;
    const span = (name: keyof typeof MAX_SHIFT, label: string) => html`<label class="field">
      <span>${label}</span>
      <input type="number" name=${name} inputmode="numeric" min="0" max=${MAX_SHIFT[name]} required value="0" aria-describedby="shift-hint" />
    </label>`;
    return html`<fieldset>
        <legend>${dateStrings.direction}</legend>
        ${direction("forward", dateStrings.forward)} ${direction("back", dateStrings.back)}
      </fieldset>
      <div class="date-fields">
        ${span("days", dateStrings.days)} ${span("hours", dateStrings.hours)} ${span("minutes", dateStrings.minutes)}
      </div>
      <p class="hint" id="shift-hint" role=${this.shiftMissing ? "alert" : "status"}>${this.#shiftHint()}</p>`;
  }

  /** What the shift does to the first photo with a date. */
  #shiftHint(): string | typeof nothing {
    if (this.shiftMissing) return dateStrings.noShift;
    const photo = this.#photos.find(({ taken_local }) => taken_local !== null);
    if (photo === undefined || this.seconds === 0) return nothing;
    const format = (clock: number) => formatCaptureTime(clock, photo.offset);
    const shifted = sortedAt(photo) + this.seconds * 1000;
    return isPossibleTime(photo, shifted)
      ? dateStrings.shifted(photo.filename, format(sortedAt(photo)), format(shifted))
      : dateStrings.impossible(photo.filename, format(shifted));
  }

  #inputChanged = (event: Event): void => {
    const { form } = event.target as HTMLInputElement;
    this.seconds = form?.checkValidity() === true ? shiftSeconds(readShiftFields(form)) : 0;
    this.shiftMissing = false;
  };

  #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const change = this.#readChange(form);
    this.shiftMissing = change === null;
    if (change === null) return;
    this.close();
    this.#change(change);
  };

  /** The change that was entered; null if it shifts nothing. */
  #readChange(form: HTMLFormElement): BatchChange | null {
    switch (this.mode) {
      case "set":
        return setTime(readTimeFields(form));
      case "shift":
        return this.seconds === 0 ? null : { action: "shift_time", seconds: this.seconds };
      case "zone":
        return setZone(readTimeFields(form));
      case "reset":
        return { action: "reset_time" };
    }
  }

  #cancelPressed = (): void => {
    this.close();
  };
}

/** Reads the span; inputs that are missing count as 0. */
function readShiftFields(form: HTMLFormElement): ShiftFields {
  const data = new FormData(form);
  const read = (name: string) => Math.trunc(Number(data.get(name) ?? 0));
  return { back: data.get("direction") === "back", days: read("days"), hours: read("hours"), minutes: read("minutes") };
}
