/**
 * The bar of actions for selected photos, at the bottom of the window. Loaded with the first selection.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/selection-bar.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import { acceptsPhotos, type Album } from "../state/albums.ts";
import { BATCH_SIZE, type BatchActions, type BatchChange, type BatchProgress } from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Selection } from "../state/selection.ts";
import { countTags } from "../state/tag-counts.ts";
import type { Toaster } from "../state/toaster.ts";
import type { View } from "../state/view.ts";
import type { ViewReader } from "../state/view-reader.ts";
import { icons } from "./icons.ts";
import { defineOnce, PageElement } from "./page-element.ts";
import { renderPlacePrompt, renderRatingPrompt } from "./selection-prompts.ts";
import { TagField } from "./tag-field.ts";
import { TagRemoval } from "./tag-removal.ts";
import { ToastMessage } from "./toast-message.ts";

export interface SelectionHandlers {
  readonly perform: (change: BatchChange) => Promise<void>;
  /** Opens the dialog for the dates of the selected photos. */
  readonly editDates: () => void;
  readonly download: () => void;
  readonly addToAlbum: () => void;
  /** Makes the selected photo the cover of the album in view. */
  readonly setCover: () => void;
  /** Opens the dialog that shares the selected photos. */
  readonly share: () => void;
  /** Selects all photos of the view. */
  readonly selectAll: () => void;
  readonly isAllSelected: () => boolean;
  /** Whether an action is being undone: its photos need not be selected. */
  readonly isUndoing: () => boolean;
  readonly clear: () => void;
}

export interface SelectionParts {
  readonly selection: Selection;
  readonly batch: BatchActions;
  /** Reads the photos to select. */
  readonly reader: ViewReader;
  readonly completions: Completions;
  readonly toaster: Toaster;
  /** The view of the photos: those of an album, trashed photos and rejected files have their own actions. */
  readonly view: () => View;
  /** The album in view. */
  readonly album: () => Album | null;
  /** Whether all selected photos are favorites. */
  readonly areFavorites: () => boolean;
}

/** Adds the bar, and the toast above it, to the page. */
export function openSelectionBar(parts: SelectionParts, handlers: SelectionHandlers): void {
  defineOnce("tintype-tag-field", TagField);
  defineOnce("tintype-tag-removal", TagRemoval);
  defineOnce("tintype-toast-message", ToastMessage);
  defineOnce("tintype-selection-bar", SelectionBar);
  const overlay = document.createElement("div");
  overlay.className = "bottom-overlay";
  overlay.append(new ToastMessage(parts.toaster), new SelectionBar(parts, handlers));
  document.body.append(overlay);
}

/** What gets the focus when a prompt opens. */
const FIRST_CONTROL = {
  tags: "input",
  untag: ".tag-removal .chip, .tag-removal-actions button",
  rating: ".selection-prompt button",
  place: "input",
  delete: "[data-action=cancel]",
} as const;

type Prompt = keyof typeof FIRST_CONTROL;

export class SelectionBar extends PageElement {
  static override properties = { prompt: { state: true } };
  /** The open prompt: for tags to add or remove, a rating or a place, or to confirm a permanent deletion. */
  declare prompt: Prompt | null;
  readonly #parts: SelectionParts;
  readonly #handlers: SelectionHandlers;

  constructor(parts: SelectionParts, handlers: SelectionHandlers) {
    super();
    this.#parts = parts;
    this.#handlers = handlers;
    this.prompt = null;
  }

  protected override get watched(): readonly Observable[] {
    const { selection, batch, reader } = this.#parts;
    return [selection, batch, reader];
  }

  protected override willUpdate(): void {
    if (this.#parts.selection.size === 0) this.prompt = null;
  }

  protected override render(): TemplateResult {
    const { selection, batch, reader } = this.#parts;
    const count = selection.size;
    const isVisible = count > 0 || reader.progress !== null || (this.#handlers.isUndoing() && isLong(batch.progress));
    // Screen readers announce changes of an element that is in the page before.
    return html`
      <p class="visually-hidden" role="status">${count > 0 ? selectionStrings.selected(count) : nothing}</p>
      ${
        isVisible
          ? html`<section class="selection" aria-label=${selectionStrings.selection} aria-busy=${this.#isBusy ? "true" : "false"}>
            ${this.#head(count)} ${count > 0 ? this.#content(count) : nothing}
          </section>`
          : nothing
      }
    `;
  }

  get #isBusy(): boolean {
    return this.#parts.batch.progress !== null || this.#parts.reader.progress !== null;
  }

  /** How many photos are selected, or the progress of what is under way, with the button that ends it. */
  #head(count: number): TemplateResult {
    const { batch, reader } = this.#parts;
    if (reader.progress !== null) {
      const { done, total } = reader.progress;
      return this.#progress(selectionStrings.selecting(done, total), { done, total }, strings.cancel, this.#cancelSelecting);
    }
    if (batch.progress !== null) {
      const { done, total } = batch.progress;
      return this.#progress(selectionStrings.progress(done, total), { done, total }, selectionStrings.stop, this.#stop);
    }
    return html`<div class="selection-head">
      <button class="icon-button" type="button" aria-label=${selectionStrings.clear} @click=${this.#clear}>${icons.close}</button>
      <p aria-hidden="true">${selectionStrings.selected(count)}</p>
      ${
        this.#handlers.isAllSelected()
          ? nothing
          : html`<button class="button quiet" type="button" @click=${this.#selectAll}>${selectionStrings.selectAll}</button>`
      }
    </div>`;
  }

  #progress(label: string, { done, total }: BatchProgress, action: string, end: () => void): TemplateResult {
    return html`<div class="selection-head">
      <div class="selection-progress">
        <p>${label}</p>
        <progress aria-label=${label} max=${total ?? nothing} value=${total === null ? nothing : done}></progress>
      </div>
      <button class="button quiet" type="button" @click=${end}>${action}</button>
    </div>`;
  }

  #content(count: number): TemplateResult {
    const handlers = { perform: this.#performFromPrompt, close: this.#closePrompt, keyPressed: this.#promptKeyPressed };
    switch (this.prompt) {
      case "tags":
        return this.#tagPrompt();
      case "untag":
        return this.#untagPrompt();
      case "rating":
        return renderRatingPrompt(handlers);
      case "place":
        return renderPlacePrompt(handlers);
      case "delete":
        return this.#deletePrompt(count);
      case null:
        return this.#actions(count);
    }
  }

  #actions(count: number): TemplateResult {
    const { state, review } = this.#parts.view();
    const album = this.#parts.album();
    const remove = this.#action(selectionStrings.deletePermanently, icons.trash, this.#openPrompt("delete"));
    const trash = this.#action(selectionStrings.trash, icons.trash, this.#act({ action: "trash" }));
    return html`<div class="selection-actions">
      ${
        review
          ? html`${this.#action(selectionStrings.approve, icons.check, this.#act({ action: "approve" }))}
          ${this.#action(selectionStrings.decline, icons.minus, this.#act({ action: "decline" }))} ${trash}`
          : state === "trashed"
            ? html`${this.#action(selectionStrings.restore, icons.restore, this.#act({ action: "restore" }))} ${remove}`
            : state === "rejected"
              ? html`${trash} ${remove}`
              : html`${this.#action(strings.download, icons.download, this.#unlessBusy(this.#handlers.download))}
          ${this.#action(strings.share, icons.share, this.#unlessBusy(this.#handlers.share))}
          ${this.#action(selectionStrings.addToAlbum, icons.album, this.#unlessBusy(this.#handlers.addToAlbum))} ${album !== null && acceptsPhotos(album) ? this.#albumActions(album, count) : nothing}
          ${this.#action(selectionStrings.publish, icons.globe, this.#act({ action: "publish" }))}
          ${this.#action(selectionStrings.hide, icons.lock, this.#act({ action: "hide" }))}
          ${this.#favoriteAction()}
          ${this.#action(selectionStrings.rate, icons.star, this.#openPrompt("rating"))}
          ${this.#action(selectionStrings.editPlace, icons.pin, this.#openPrompt("place"))}
          ${this.#action(selectionStrings.addTags, icons.tag, this.#openPrompt("tags"))}
          ${this.#action(selectionStrings.removeTags, icons.untag, this.#openPrompt("untag"))}
          ${this.#action(selectionStrings.editDate, icons.calendar, this.#unlessBusy(this.#handlers.editDates))}
          ${trash}`
      }
    </div>`;
  }

  #albumActions({ album_id, role }: Album, count: number): TemplateResult {
    return html`${role === "owner" && count === 1 ? this.#action(selectionStrings.setCover, icons.picture, this.#unlessBusy(this.#handlers.setCover)) : nothing}
    ${this.#action(selectionStrings.removeFromAlbum, icons.minus, this.#act({ action: "remove_from_album", album_id }))}`;
  }

  /** Adds the photos to the favorites; removes them if all of them are. */
  #favoriteAction(): TemplateResult {
    return this.#parts.areFavorites()
      ? this.#action(selectionStrings.unfavorite, icons.heart, this.#act({ action: "unfavorite" }))
      : this.#action(selectionStrings.favorite, icons.heart, this.#act({ action: "favorite" }));
  }

  #action(label: string, icon: TemplateResult, act: () => void): TemplateResult {
    return html`<button
      class="button quiet"
      type="button"
      aria-disabled=${this.#isBusy ? "true" : "false"}
      @click=${act}
    >
      ${icon}<span>${label}</span>
    </button>`;
  }

  #tagPrompt(): TemplateResult {
    const { completions } = this.#parts;
    return html`<div class="selection-tags" @keydown=${this.#promptKeyPressed}>
      <tintype-tag-field .label=${selectionStrings.tagsPlaceholder} .completions=${completions} .addTags=${this.#addTags}></tintype-tag-field>
      <button class="button quiet" type="button" @click=${this.#closePrompt}>${strings.cancel}</button>
    </div>`;
  }

  #untagPrompt(): TemplateResult {
    return html`<tintype-tag-removal
      @keydown=${this.#promptKeyPressed}
      .tags=${countTags(this.#parts.selection.photos)}
      .removeTags=${this.#removeTags}
      .cancel=${this.#closePrompt}
    ></tintype-tag-removal>`;
  }

  #deletePrompt(count: number): TemplateResult {
    return html`<div class="selection-prompt" role="group" aria-labelledby="delete-prompt" @keydown=${this.#promptKeyPressed}>
      <p id="delete-prompt">${selectionStrings.deletePrompt(count)}</p>
      <button class="button quiet" type="button" data-action="cancel" @click=${this.#closePrompt}>${strings.cancel}</button>
      <button class="button danger" type="button" @click=${this.#deletePermanently}>${selectionStrings.deletePermanently}</button>
    </div>`;
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    await this.querySelector<TagField>("tintype-tag-field")?.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #act(change: BatchChange): () => void {
    return this.#unlessBusy(() => void this.#handlers.perform(change));
  }

  #openPrompt(what: Prompt): () => void {
    return this.#unlessBusy(() => {
      this.prompt = what;
      void this.#focus(FIRST_CONTROL[what]);
    });
  }

  #unlessBusy(act: () => void): () => void {
    return () => {
      if (!this.#isBusy) act();
    };
  }

  #performFromPrompt = (change: BatchChange): void => {
    this.prompt = null;
    void this.#handlers.perform(change);
  };

  #addTags = async (tags: readonly string[]): Promise<boolean> => {
    this.prompt = null;
    await this.#handlers.perform({ action: "tag", tags });
    return true;
  };

  #removeTags = (tags: readonly string[]): void => {
    this.#performFromPrompt({ action: "untag", tags });
  };

  #deletePermanently = (): void => {
    this.#performFromPrompt({ action: "delete_permanently" });
  };

  #closePrompt = (): void => {
    this.prompt = null;
    void this.#focus(".selection-actions button:last-of-type");
  };

  #promptKeyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#closePrompt();
  };

  #selectAll = (): void => {
    this.#handlers.selectAll();
  };

  #cancelSelecting = (): void => {
    this.#parts.reader.cancel();
  };

  #stop = (): void => {
    this.#parts.batch.cancel();
  };

  #clear = (): void => {
    this.#handlers.clear();
  };
}

/** Whether an operation takes more than a moment. */
function isLong(progress: BatchProgress | null): boolean {
  return progress?.total != null && progress.total > BATCH_SIZE;
}
