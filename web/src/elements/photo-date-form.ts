/**
 * The form that corrects when a photo was taken, with undo, and a way back to the camera's time.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { dateStrings, formatCaptureTime } from "../i18n/dates.ts";
import { parseClock } from "../state/capture-time.ts";
import { timeFields, timeRestoration, timeUpdate } from "../state/date-changes.ts";
import type { PhotoEditor, PhotoUpdate } from "../state/photo-editor.ts";
import { isCorrected, type Photo } from "../state/photo.ts";
import { readTimeFields, renderClockInputs, renderZoneSelect } from "./date-fields.ts";
import { PageElement } from "./page-element.ts";

export class PhotoDateForm extends PageElement {
  static override properties = {
    editor: { attribute: false },
    photo: { attribute: false },
    error: {},
    undo: { state: true },
    unchanged: { state: true },
  };
  declare editor: PhotoEditor;
  declare photo: Photo;
  /** Why the last date was rejected, or null. */
  declare error: string | null;
  /** Restores the time before the last change; null if nothing was changed. */
  declare undo: PhotoUpdate | null;
  /** Whether the form was submitted without a change. */
  declare unchanged: boolean;

  constructor() {
    super();
    this.undo = null;
    this.unchanged = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("photo")) this.unchanged = false;
  }

  protected override render(): TemplateResult {
    const { photo, error, undo, unchanged } = this;
    const corrected = isCorrected(photo);
    const fields = timeFields(photo);
    return html`<form class="photo-date" aria-labelledby="edit-date" @submit=${this.#submitted} @input=${this.#inputChanged}>
      <h3 id="edit-date">${dateStrings.dateTaken}</h3>
      <div class="date-fields">${renderClockInputs(fields)} ${renderZoneSelect(fields.zone)}</div>
      ${unchanged ? html`<p class="hint" role="alert">${dateStrings.unchanged}</p>` : nothing}
      ${error === null ? nothing : html`<p class="hint" role="alert">${error}</p>`}
      ${corrected ? html`<p class="hint">${describeCameraTime(photo)}</p>` : nothing}
      <p class="info-actions">
        <button data-action="save">${dateStrings.save}</button>
        ${
          corrected
            ? html`<button type="button" @click=${this.#resetPressed}>
              ${photo.camera_time ? dateStrings.reset : dateStrings.removeDate}
            </button>`
            : nothing
        }
        ${undo === null ? nothing : html`<button type="button" @click=${this.#undoPressed}>${dateStrings.undo}</button>`}
      </p>
    </form>`;
  }

  async #edit(update: PhotoUpdate): Promise<void> {
    const restoration = timeRestoration(this.photo);
    if (await this.editor.edit(() => update)) this.undo = restoration;
  }

  #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const update = timeUpdate(this.photo, readTimeFields(event.target as HTMLFormElement));
    this.unchanged = update === null;
    if (update !== null) void this.#edit(update);
  };

  #inputChanged = (): void => {
    this.unchanged = false;
  };

  #resetPressed = (): void => {
    this.#focusSave();
    void this.#edit({ taken_local: null });
  };

  #undoPressed = async (): Promise<void> => {
    const { undo } = this;
    if (undo === null) return;
    this.#focusSave();
    if (await this.editor.edit(() => undo)) this.undo = null;
  };

  /** The pressed button will disappear. */
  #focusSave(): void {
    this.querySelector<HTMLElement>("[data-action=save]")?.focus();
  }
}

/** What the file says, for a photo with a corrected date. */
function describeCameraTime({ camera_time: camera }: Photo): string {
  if (!camera) return dateStrings.noCameraTime;
  return dateStrings.cameraTime(formatCaptureTime(parseClock(camera.taken_local), camera.offset));
}
