/**
 * The field of the info panel that edits where a photo was taken, as two numbers.
 */
import { html, nothing, type TemplateResult } from "lit";

import type { Observable } from "../core/observable.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { type Coordinates, formatCoordinates, NO_POSITION, parseCoordinates } from "../state/coordinates.ts";
import { differsFromFile } from "../state/descriptions.ts";
import type { PhotoEditor } from "../state/photo-editor.ts";
import { PageElement } from "./page-element.ts";
import type { EditDescription } from "./photo-description-form.ts";

export class PhotoPositionForm extends PageElement {
  static override properties = { editor: { attribute: false }, edit: { attribute: false }, draft: { state: true } };
  declare editor: PhotoEditor;
  declare edit: EditDescription;
  /** What is typed and not saved. */
  declare draft: string | null;

  constructor() {
    super();
    this.draft = null;
  }

  protected override get watched(): readonly Observable[] {
    return [this.editor];
  }

  protected override render(): TemplateResult {
    const at = this.editor.photo.coordinates ?? null;
    const { error } = this.editor;
    const message = error?.field === "coordinates" ? error.message : null;
    return html`
      <label class="field">
        <span>${viewerStrings.coordinates}</span>
        <input
          name="coordinates"
          autocomplete="off"
          placeholder=${viewerStrings.positionPlaceholder}
          .value=${this.draft ?? formatCoordinates(at)}
          aria-invalid=${message === null ? "false" : "true"}
          aria-describedby="description-coordinates"
          @input=${this.#typed}
          @change=${this.#changed}
          @keydown=${this.#keyPressed}
        />
      </label>
      ${message === null ? nothing : html`<p class="hint" id="description-coordinates" role="alert">${message}</p>`}
      ${
        differsFromFile(this.editor.photo, "coordinates")
          ? html`<p class="hint file-says">${viewerStrings.fileSays(formatCoordinates(this.editor.photo.file?.coordinates ?? null))}</p>`
          : nothing
      }
      <p class="info-actions">${at === null ? nothing : this.#removal()}${this.#reset()}</p>
    `;
  }

  #removal(): TemplateResult {
    return html`<button
      type="button"
      @click=${() => {
        void this.#save(NO_POSITION);
      }}
    >
      ${viewerStrings.removePosition}
    </button>`;
  }

  #reset(): TemplateResult | typeof nothing {
    if (!differsFromFile(this.editor.photo, "coordinates")) return nothing;
    return html`<button
      type="button"
      aria-label=${viewerStrings.resetField(viewerStrings.coordinates)}
      @click=${() => {
        void this.#save(null);
      }}
    >
      ${viewerStrings.resetToFile}
    </button>`;
  }

  /** Saves the position; a text that the API rejects stays in the field. */
  async #save(coordinates: Coordinates | null): Promise<void> {
    const { draft } = this;
    if ((await this.edit(this.editor, { coordinates })) && this.draft === draft) this.draft = null;
  }

  #typed = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    this.draft = value === formatCoordinates(this.editor.photo.coordinates ?? null) ? null : value;
  };

  #changed = (): void => {
    if (this.draft === null) return;
    const coordinates = this.draft.trim() === "" ? NO_POSITION : parseCoordinates(this.draft);
    if (coordinates === null) this.editor.reject("coordinates", viewerStrings.positionInvalid);
    else void this.#save(coordinates);
  };

  /** Escape restores the saved position. */
  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.draft === null) return;
    event.stopPropagation();
    this.draft = null;
  };
}
