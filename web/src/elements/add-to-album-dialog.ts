/**
 * The dialog that adds photos to an album: those selected, or all that a search finds, with progress. Loaded when it is first opened.
 */
import "../styles/albums-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { explain } from "../i18n/common.ts";
import type { AlbumList } from "../state/album-list.ts";
import type { Album } from "../state/albums.ts";
import type { BatchActions } from "../state/batch-actions.ts";
import { defineAlbumChoices } from "./album-choices.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

export interface AddToAlbumParts {
  readonly title: string;
  /** The albums to choose from. */
  readonly albums: AlbumList;
  readonly isAdded: (album: Album) => boolean;
  readonly batch: BatchActions;
  readonly create: (title: string) => Promise<Album>;
  /** Adds the photos, and reports the outcome. */
  readonly add: (album: Album) => Promise<void>;
}

export function openAddToAlbumDialog(parts: AddToAlbumParts): void {
  defineAlbumChoices();
  defineOnce("tintype-add-to-album-dialog", AddToAlbumDialog);
  openDialog(new AddToAlbumDialog(parts));
}

class AddToAlbumDialog extends ModalDialog {
  static override properties = { busy: { state: true }, error: { state: true } };
  declare busy: boolean;
  declare error: unknown;
  readonly #parts: AddToAlbumParts;

  constructor(parts: AddToAlbumParts) {
    super([parts.batch], () => {
      if (this.busy) parts.batch.cancel();
    });
    this.#parts = parts;
    this.busy = false;
    this.error = null;
  }

  protected override load(): void {
    void this.focusOn(".album-choices input");
  }

  protected override render(): TemplateResult {
    const { title, albums, isAdded } = this.#parts;
    return this.renderDialog({
      name: "add-to-album-dialog",
      title,
      closeLabel: albumStrings.close,
      content: this.busy
        ? this.#progress()
        : html`${this.error === null ? nothing : html`<p class="hint" role="alert">${explain(this.error)}</p>`}
          <tintype-album-choices .list=${albums} .isAdded=${isAdded} .choose=${this.#choose} .create=${this.#create}></tintype-album-choices>`,
    });
  }

  #progress(): TemplateResult {
    const { done = 0, total = null } = this.#parts.batch.progress ?? {};
    const label = albumStrings.adding(done, total);
    return html`<p class="muted" role="status">${label}</p>
      <progress aria-label=${label} max=${total ?? nothing} value=${total === null ? nothing : done}></progress>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${this.#cancel}>${albumStrings.cancelAdding}</button>
      </div>`;
  }

  #choose = (album: Album): void => {
    void this.#perform(() => Promise.resolve(album));
  };

  #create = (title: string): void => {
    void this.#perform(() => this.#parts.create(title));
  };

  async #perform(findAlbum: () => Promise<Album>): Promise<void> {
    if (this.busy || this.#parts.batch.progress !== null) return;
    Object.assign(this, { busy: true, error: null });
    try {
      await this.#parts.add(await findAlbum());
      this.busy = false;
      this.close();
    } catch (error) {
      Object.assign(this, { busy: false, error });
    }
  }

  #cancel = (): void => {
    this.#parts.batch.cancel();
  };
}
