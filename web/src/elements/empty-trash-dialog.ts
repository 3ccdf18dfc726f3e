/**
 * The dialog that empties the trash: it reads which photos are there, asks, and deletes these permanently, with progress.
 * Loaded when it is first opened.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import type { BatchActions, BatchProgress } from "../state/batch-actions.ts";
import type { Photo } from "../state/photo.ts";
import { photosInState } from "../state/view.ts";
import type { ViewReader } from "../state/view-reader.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

export interface EmptyTrashParts {
  readonly reader: ViewReader;
  readonly batch: BatchActions;
  /** Deletes photos permanently, and reports the outcome. */
  readonly deletePermanently: (photos: readonly Photo[]) => Promise<void>;
}

export function openEmptyTrashDialog(parts: EmptyTrashParts): void {
  defineOnce("tintype-empty-trash-dialog", EmptyTrashDialog);
  openDialog(new EmptyTrashDialog(parts));
}

class EmptyTrashDialog extends ModalDialog {
  static override properties = { photos: { state: true }, error: { state: true }, deleting: { state: true } };
  /** The photos in the trash; null until all of them are known: only these are deleted. */
  declare photos: readonly Photo[] | null;
  declare error: unknown;
  declare deleting: boolean;
  readonly #parts: EmptyTrashParts;

  constructor(parts: EmptyTrashParts) {
    super([parts.reader, parts.batch], () => {
      parts.reader.cancel();
      if (this.deleting) parts.batch.cancel();
    });
    this.#parts = parts;
    this.photos = null;
    this.error = null;
    this.deleting = false;
  }

  protected override load(): void {
    void this.#read();
  }

  protected override reload(): void {
    if (this.error !== null) this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "empty-trash-dialog",
      title: strings.emptyTrashAction,
      closeLabel: strings.cancel,
      content: this.#content(),
    });
  }

  #content(): TemplateResult {
    const { reader, batch } = this.#parts;
    if (this.error !== null) return this.renderLoadError(this.error);
    if (this.deleting) {
      const progress = batch.progress ?? { done: 0, total: null };
      return this.#progress(selectionStrings.deleting(progress.done, progress.total), progress, selectionStrings.stop, this.#stop);
    }
    if (this.photos === null) {
      const progress = reader.progress ?? { done: 0, total: null };
      return this.#progress(selectionStrings.counting(progress.done), progress, strings.cancel, this.#cancel);
    }
    if (this.photos.length === 0) return html`<p>${strings.emptyTrash}</p>`;
    return html`<p>${selectionStrings.emptyTrashPrompt(this.photos.length)}</p>
      <div class="dialog-actions">
        <button class="button quiet" type="button" data-action="cancel" @click=${this.#cancel}>${strings.cancel}</button>
        <button class="button danger" type="button" @click=${this.#delete}>${strings.emptyTrashAction}</button>
      </div>`;
  }

  #progress(label: string, { done, total }: BatchProgress, action: string, end: () => void): TemplateResult {
    return html`<p class="muted" role="status">${label}</p>
      <progress aria-label=${label} max=${total ?? nothing} value=${total === null ? nothing : done}></progress>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${end}>${action}</button>
      </div>`;
  }

  async #read(): Promise<void> {
    Object.assign(this, { photos: null, error: null });
    const outcome = await this.#parts.reader.read(photosInState("trashed"));
    if (outcome === null) return;
    if (outcome.error === null) this.photos = outcome.photos;
    else this.error = outcome.error;
    await this.focusOn("[data-action=cancel]");
  }

  #delete = async (): Promise<void> => {
    if (this.deleting || this.photos === null) return;
    this.deleting = true;
    await this.#parts.deletePermanently(this.photos);
    this.deleting = false;
    this.close();
  };

  #stop = (): void => {
    this.#parts.batch.cancel();
  };

  #cancel = (): void => {
    this.close();
  };
}
