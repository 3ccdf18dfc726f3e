/**
 * The dialog that creates an album. Loaded when it is first opened.
 */
import "../styles/albums-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { explain, strings } from "../i18n/common.ts";
import { type Album, MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, type NewAlbum } from "../state/albums.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Opens the dialog; `onCreated` is called once it is closed, with the new album. */
export function openNewAlbumDialog(create: (album: NewAlbum) => Promise<Album>, onCreated: (album: Album) => void): void {
  defineOnce("tintype-new-album-dialog", NewAlbumDialog);
  openDialog(new NewAlbumDialog(create, onCreated));
}

class NewAlbumDialog extends ModalDialog {
  static override properties = { busy: { state: true }, error: { state: true } };
  declare busy: boolean;
  /** Why the album was not created, as a sentence. */
  declare error: string | null;
  readonly #create: (album: NewAlbum) => Promise<Album>;
  readonly #onCreated: (album: Album) => void;

  constructor(create: (album: NewAlbum) => Promise<Album>, onCreated: (album: Album) => void) {
    super([], () => undefined);
    this.#create = create;
    this.#onCreated = onCreated;
    this.busy = false;
    this.error = null;
  }

  protected override load(): void {
    void this.focusOn("[name=title]");
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "new-album-dialog",
      title: albumStrings.newAlbum,
      closeLabel: albumStrings.close,
      content: html`<form novalidate @submit=${this.#submitted}>
        <label class="field">
          <span>${albumStrings.titleField}</span>
          <input
            name="title"
            autocomplete="off"
            maxlength=${MAX_TITLE_LENGTH}
            aria-invalid=${this.error === null ? "false" : "true"}
            aria-describedby="new-album-error"
          />
        </label>
        <label class="field">
          <span>${albumStrings.descriptionField} <small class="muted">(${albumStrings.optional})</small></span>
          <textarea name="description" rows="3" maxlength=${MAX_DESCRIPTION_LENGTH}></textarea>
        </label>
        <p class="hint" id="new-album-error" role=${this.error === null ? nothing : "alert"}>${this.error}</p>
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#cancel}>${strings.cancel}</button>
          <button class="button primary" aria-disabled=${this.busy ? "true" : "false"}>${albumStrings.create}</button>
        </div>
      </form>`,
    });
  }

  #cancel = (): void => {
    this.close();
  };

  #submitted = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const data = new FormData(event.target as HTMLFormElement);
    const read = (name: string) => (data.get(name) as string).trim();
    const [title, description] = [read("title"), read("description")];
    if (title === "") {
      this.error = albumStrings.titleMissing;
      void this.focusOn("[name=title]");
      return;
    }
    Object.assign(this, { busy: true, error: null });
    try {
      const album = await this.#create({ title, ...(description !== "" && { description }) });
      this.close();
      this.#onCreated(album);
    } catch (error) {
      Object.assign(this, { busy: false, error: explain(error) });
    }
  };
}
