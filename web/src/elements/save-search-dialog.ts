/**
 * The dialog that saves a search: as a smart album, or its photos in an album. Loaded when it is first opened.
 */
import "../styles/albums-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { explain, strings } from "../i18n/common.ts";
import { MAX_TITLE_LENGTH } from "../state/albums.ts";
import { icons } from "./icons.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

export interface SaveSearchParts {
  /** A title for the album. */
  readonly title: string;
  /** Creates a smart album. */
  readonly saveSmart: (title: string) => Promise<void>;
  /** Chooses an album for the photos found now. */
  readonly addAll: () => void;
}

export function openSaveSearchDialog(parts: SaveSearchParts): void {
  defineOnce("tintype-save-search-dialog", SaveSearchDialog);
  openDialog(new SaveSearchDialog(parts));
}

class SaveSearchDialog extends ModalDialog {
  static override properties = { smart: { state: true }, busy: { state: true }, error: { state: true } };
  declare smart: boolean;
  declare busy: boolean;
  /** Why the album was not created, as a sentence. */
  declare error: string | null;
  readonly #parts: SaveSearchParts;

  constructor(parts: SaveSearchParts) {
    super([], () => undefined);
    this.#parts = parts;
    this.smart = true;
    this.busy = false;
    this.error = null;
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "save-search-dialog",
      title: albumStrings.saveSearchTitle,
      closeLabel: albumStrings.close,
      content: html`<form novalidate @submit=${this.#submitted}>
        <fieldset class="album-ways">
          <legend class="visually-hidden">${albumStrings.saveSearchTitle}</legend>
          ${this.#way(true, icons.search, albumStrings.asSmart, albumStrings.asSmartHint)}
          ${this.#way(false, icons.album, albumStrings.asPhotos, albumStrings.asPhotosHint)}
        </fieldset>
        ${this.smart ? this.#titleField() : nothing}
        <p class="hint" id="save-search-error" role=${this.error === null ? nothing : "alert"}>${this.error}</p>
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#cancel}>${strings.cancel}</button>
          <button class="button primary" aria-disabled=${this.busy ? "true" : "false"}>
            ${this.smart ? albumStrings.saveSmart : albumStrings.addAll}
          </button>
        </div>
      </form>`,
    });
  }

  #way(smart: boolean, icon: TemplateResult, label: string, hint: string): TemplateResult {
    return html`<label class="option-card">
      <input
        type="radio"
        name="way"
        .checked=${this.smart === smart}
        @change=${() => {
          this.smart = smart;
        }}
      />
      ${icon}<span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #titleField(): TemplateResult {
    return html`<label class="field">
      <span>${albumStrings.titleField}</span>
      <input
        name="title"
        autocomplete="off"
        maxlength=${MAX_TITLE_LENGTH}
        .value=${this.#parts.title}
        aria-invalid=${this.error === null ? "false" : "true"}
        aria-describedby="save-search-error"
      />
    </label>`;
  }

  #cancel = (): void => {
    this.close();
  };

  #submitted = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    if (!this.smart) {
      this.close();
      this.#parts.addAll();
      return;
    }
    const title = (new FormData(event.target as HTMLFormElement).get("title") as string).trim();
    if (title === "") {
      this.error = albumStrings.titleMissing;
      void this.focusOn("[name=title]");
      return;
    }
    Object.assign(this, { busy: true, error: null });
    try {
      await this.#parts.saveSmart(title);
      this.close();
    } catch (error) {
      Object.assign(this, { busy: false, error: explain(error) });
    }
  };
}
