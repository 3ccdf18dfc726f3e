/**
 * The part of the info panel that edits what the user says of a photo: favorite, rating, caption, place and
 * position.
 */
import { html, nothing, type TemplateResult } from "lit";

import type { Observable } from "../core/observable.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import type { DescriptionEdit } from "../state/description-edits.ts";
import { captionLength, differsFromFile, MAX_CAPTION, MAX_RATING } from "../state/descriptions.ts";
import type { PhotoEditor } from "../state/photo-editor.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

type Field = "caption" | "rating" | "place";

/** Edits the photo of an editor; returns whether the API accepted it. */
export type EditDescription = (editor: PhotoEditor, edit: DescriptionEdit) => Promise<boolean>;

/** The counter appears when this many characters are left. */
const COUNTER_MARGIN = 200;

export class PhotoDescriptionForm extends PageElement {
  static override properties = { editor: { attribute: false }, edit: { attribute: false }, drafts: { state: true } };
  declare editor: PhotoEditor;
  declare edit: EditDescription;
  /** What is typed and not saved, by field. */
  declare drafts: Readonly<Partial<Record<"caption" | "place", string | undefined>>>;

  constructor() {
    super();
    this.drafts = {};
  }

  protected override get watched(): readonly Observable[] {
    return [this.editor];
  }

  protected override render(): TemplateResult {
    const { favorite, place } = this.editor.photo;
    return html`
      <div class="description-row">
        <button
          class="info-favorite"
          type="button"
          aria-pressed=${favorite === true ? "true" : "false"}
          aria-label=${viewerStrings.favorite}
          @click=${this.#toggleFavorite}
        >
          ${icons.heart}
        </button>
        ${this.#rating()}
      </div>
      ${this.#reset("rating", this.#fileRating())} ${this.#caption()} ${this.#reset("caption", this.editor.photo.file?.caption ?? "")}
      <label class="field">
        <span>${viewerStrings.place}</span>
        <input
          name="place"
          autocomplete="off"
          placeholder=${viewerStrings.placePlaceholder}
          .value=${this.drafts.place ?? place ?? ""}
          aria-invalid=${this.#errorOf("place") === null ? "false" : "true"}
          aria-describedby="description-place"
          @input=${this.#typed}
          @change=${this.#textChanged}
          @keydown=${this.#keyPressed}
        />
      </label>
      ${this.#error("place")} ${this.#placeReset()}
      <tintype-photo-position-form .editor=${this.editor} .edit=${this.edit}></tintype-photo-position-form>
    `;
  }

  #rating(): TemplateResult {
    const rating = this.editor.photo.rating ?? 0;
    return html`<fieldset class="rating" role="radiogroup">
      <legend class="visually-hidden">${viewerStrings.rating}</legend>
      ${Array.from(
        { length: MAX_RATING + 1 },
        (_, stars) => html`<label class=${stars > 0 && stars <= rating ? "filled" : nothing} title=${viewerStrings.ratingName(stars)}>
          <input
            class="visually-hidden"
            type="radio"
            name="rating"
            value=${stars}
            aria-label=${viewerStrings.ratingName(stars)}
            .checked=${stars === rating}
            @change=${this.#ratingChosen}
          />${stars === 0 ? icons.close : icons.star}
        </label>`,
      )}
    </fieldset>`;
  }

  #caption(): TemplateResult {
    const text = this.drafts.caption ?? this.editor.photo.caption;
    const length = captionLength(text);
    const isLong = length > MAX_CAPTION - COUNTER_MARGIN;
    return html`<label class="field">
        <span>${viewerStrings.caption}</span>
        <textarea
          name="caption"
          rows="2"
          placeholder=${viewerStrings.captionPlaceholder}
          .value=${text}
          aria-invalid=${length > MAX_CAPTION || this.#errorOf("caption") !== null ? "true" : "false"}
          aria-describedby="description-caption"
          @input=${this.#typed}
          @change=${this.#textChanged}
          @keydown=${this.#keyPressed}
        ></textarea>
      </label>
      ${isLong ? html`<p class="hint caption-length" role="status">${viewerStrings.captionLength(length, MAX_CAPTION)}</p>` : nothing}
      ${
        length > MAX_CAPTION
          ? html`<p class="hint" id="description-caption" role="alert">${viewerStrings.captionTooLong(MAX_CAPTION)}</p>`
          : this.#error("caption")
      }
      ${
        this.drafts.caption === undefined
          ? nothing
          : html`<p class="info-actions"><button type="button" @click=${this.#saveCaption}>${viewerStrings.saveCaption}</button></p>`
      }`;
  }

  /** Offers what the file says, where it says something else. */
  #reset(field: "caption" | "rating", fileText: string): TemplateResult | typeof nothing {
    return this.#offer(field, viewerStrings.fileSays(fileText), viewerStrings.resetToFile, viewerStrings.resetField(viewerStrings[field]));
  }

  /** Offers the place that the position has, where the user says another one. */
  #placeReset(): TemplateResult | typeof nothing {
    const hint = viewerStrings.placeFound(this.editor.photo.file?.place ?? "");
    return this.#offer("place", hint, viewerStrings.resetPlace, viewerStrings.resetPlace);
  }

  #offer(field: Field, hint: string, text: string, label: string): TemplateResult | typeof nothing {
    if (!differsFromFile(this.editor.photo, field)) return nothing;
    return html`<p class="hint file-says">${hint}</p>
      <p class="info-actions">
        <button
          type="button"
          aria-label=${label}
          @click=${() => {
            void this.#save(field, null);
          }}
        >
          ${text}
        </button>
      </p>`;
  }

  #fileRating(): string {
    return viewerStrings.ratingName(this.editor.photo.file?.rating ?? 0);
  }

  #errorOf(field: Field): string | null {
    const { error } = this.editor;
    return error?.field === field ? error.message : null;
  }

  #error(field: Field): TemplateResult | typeof nothing {
    const message = this.#errorOf(field);
    return message === null ? nothing : html`<p class="hint" id="description-${field}" role="alert">${message}</p>`;
  }

  /** Saves a field; a text that the API rejects stays in its field. */
  async #save(field: "caption" | "place", value: string | null): Promise<void>;
  async #save(field: Field, value: string | number | null): Promise<void>;
  async #save(field: Field, value: string | number | null): Promise<void> {
    const draft = field === "rating" ? undefined : this.drafts[field];
    const saved = await this.edit(this.editor, { [field]: value });
    if (saved && field !== "rating" && this.drafts[field] === draft) this.#setDraft(field, undefined);
  }

  #setDraft(field: "caption" | "place", draft: string | undefined): void {
    this.drafts = { ...this.drafts, [field]: draft };
  }

  #toggleFavorite = (): void => {
    void this.edit(this.editor, { favorite: this.editor.photo.favorite !== true });
  };

  #ratingChosen = (event: Event): void => {
    const star = event.target as HTMLInputElement;
    // After a click, the arrow keys go to the next photo again instead of changing the rating.
    if (!star.matches(":focus-visible")) this.closest<HTMLElement>("#info")?.focus({ preventScroll: true });
    void this.#save("rating", Number(star.value));
  };

  #typed = (event: Event): void => {
    const { name, value } = event.target as HTMLInputElement | HTMLTextAreaElement;
    const field = name as "caption" | "place";
    this.#setDraft(field, value === (this.editor.photo[field] ?? "") ? undefined : value);
  };

  #textChanged = (event: Event): void => {
    if ((event.target as HTMLInputElement).name === "caption") this.#saveCaption();
    else if (this.drafts.place !== undefined) void this.#save("place", this.drafts.place.trim());
  };

  #saveCaption = (): void => {
    const { caption } = this.drafts;
    if (caption !== undefined && captionLength(caption) <= MAX_CAPTION) void this.#save("caption", caption.trim());
  };

  /** Escape restores the saved text; Ctrl and Enter saves a caption. */
  #keyPressed = (event: KeyboardEvent): void => {
    const field = (event.target as HTMLInputElement).name as "caption" | "place";
    if (event.key === "Escape" && this.drafts[field] !== undefined) {
      event.stopPropagation();
      this.#setDraft(field, undefined);
    }
    if (event.key === "Enter" && field === "caption" && (event.ctrlKey || event.metaKey)) this.#saveCaption();
  };
}
