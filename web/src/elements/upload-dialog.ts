/**
 * The dialog before an upload: visibility, tags and album of the chosen files. It also asks signed-out users to sign in.
 */
import "../styles/upload-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { type FileEntry, readFolders } from "../core/folder-reader.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Album, AlbumApi } from "../state/albums.ts";
import type { Completions } from "../state/completions.ts";
import type { Visibility } from "../state/photo.ts";
import { type FileProblem, MAX_FILES, rawExtension, validateFiles } from "../state/upload-validation.ts";
import type { AlbumField } from "./album-field.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { CANCEL_BUTTON, renderConfirmPrompt } from "./confirm-prompt.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { renderSkippedFiles } from "./skipped-files.ts";
import { defineTagInput, type TagInput } from "./tag-input.ts";

/** Previews per batch. */
const MAX_PREVIEWS = 5;

/** Where the user's albums and tags are listed, and the album to propose. */
export interface UploadSuggestions {
  readonly api: Pick<AlbumApi, "listAlbums">;
  readonly chosen: Album | null;
  readonly completions: Completions;
}

const loadAlbumField = lazyImport(() => import("./album-field.ts"));

export class UploadDialog extends PageElement {
  static override properties = {
    signInNeeded: { state: true },
    scanning: { state: true },
    found: { state: true },
    files: { state: true },
    unreadable: { state: true },
    albumOpen: { state: true },
    discarding: { state: true },
    error: { state: true },
  };
  declare signInNeeded: boolean;
  /** Whether folders are being read. */
  declare scanning: boolean;
  /** Files found in the folders so far. */
  declare found: number;
  declare files: readonly File[];
  /** The names of files in folders that cannot be read. */
  declare unreadable: readonly string[];
  /** Whether the field for the album is displayed. */
  declare albumOpen: boolean;
  /** Whether the dialog asks if the files are to be discarded. */
  declare discarding: boolean;
  /** Why the upload did not start, or null. */
  declare error: string | null;
  readonly #previews = new FilePreviews();
  #suggestions: UploadSuggestions | null = null;
  /** The number of times that the dialog was closed: folders are no longer read then. */
  #closings = 0;

  constructor() {
    super();
    this.#reset();
    defineTagInput();
  }

  /** Opens the dialog for these files and those of folders, or adds them to those it shows. */
  async openWithFiles(files: readonly File[], folders: readonly FileEntry[], suggestions: UploadSuggestions): Promise<void> {
    if (this.#dialog?.open !== true || this.signInNeeded) {
      this.#reset();
      this.#suggestions = suggestions;
      if (suggestions.chosen !== null) void this.#showAlbumField();
    }
    this.files = [...this.files, ...files];
    this.scanning ||= folders.length > 0;
    await this.#showModal();
    if (folders.length > 0) await this.#scan(folders);
  }

  /** Shows the files again that were to be uploaded, and why they were not. */
  async reopen(files: readonly File[], suggestions: UploadSuggestions, error: string): Promise<void> {
    await this.openWithFiles(files, [], suggestions);
    this.error = error;
  }

  /** Opens the dialog with a request to sign in. */
  async openSignInPrompt(): Promise<void> {
    this.#reset();
    this.signInNeeded = true;
    await this.#showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog
        class="dialog"
        aria-labelledby="upload-dialog-title"
        @keydown=${this.#keyPressed}
        @cancel=${this.#cancelRequested}
        @close=${this.#dialogClosed}
      >
        <div class="dialog-content">${this.#content()}</div>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  async #showModal(): Promise<void> {
    await this.updateComplete;
    if (this.#dialog?.open === false) this.#dialog.showModal();
  }

  async #scan(folders: readonly FileEntry[]): Promise<void> {
    const closings = this.#closings;
    // One more than the limit, so that the dialog can tell that there are more.
    const { files, unreadable } = await readFolders(folders, MAX_FILES + 1, (count) => {
      this.found = count;
      return closings === this.#closings;
    });
    if (closings !== this.#closings) return;
    this.files = [...this.files, ...files];
    this.unreadable = [...this.unreadable, ...unreadable];
    this.scanning = false;
  }

  #content(): TemplateResult {
    if (this.signInNeeded) return this.#signInPrompt();
    if (this.scanning && this.files.length === 0) return this.#scanProgress();
    const { accepted, skipped, overLimit } = validateFiles(this.files);
    const problems = this.unreadable.length === 0 ? skipped : new Map([...skipped, ["unreadable" as const, this.unreadable]]);
    return accepted.length === 0 ? this.#noPhotos(problems) : this.#form(accepted, problems, overLimit);
  }

  #signInPrompt(): TemplateResult {
    return html`
      <h2 id="upload-dialog-title">${uploadStrings.signInFirst}</h2>
      <p>${uploadStrings.signInFirstHint}</p>
      <div class="dialog-actions">
        ${this.#cancel()}
        <button class="button primary" type="button" autofocus @click=${this.#signIn}>${strings.signIn}</button>
      </div>
    `;
  }

  #scanProgress(): TemplateResult {
    return html`
      <h2 id="upload-dialog-title">${uploadStrings.scanning}</h2>
      <p role="status">${uploadStrings.found(this.found)}</p>
      <progress aria-labelledby="upload-dialog-title"></progress>
      <div class="dialog-actions">${this.#cancel()}</div>
    `;
  }

  #noPhotos(problems: ReadonlyMap<FileProblem, readonly string[]>): TemplateResult {
    return html`
      <h2 id="upload-dialog-title">${problems.size === 0 ? uploadStrings.noneFound : uploadStrings.noneUsable}</h2>
      ${renderSkippedFiles(problems)}
      <div class="dialog-actions">
        ${this.#cancel()}
        <button class="button primary" type="button" autofocus @click=${this.#chooseFiles}>${strings.choosePhotos}</button>
      </div>
    `;
  }

  #form(accepted: readonly File[], problems: ReadonlyMap<FileProblem, readonly string[]>, overLimit: boolean): TemplateResult {
    const suggestions = this.#suggestions;
    const submit = (event: SubmitEvent) => {
      this.#submit(event, accepted);
    };
    return html`<form method="dialog" @submit=${submit}>
      <h2 id="upload-dialog-title">${uploadStrings.addPhotos(accepted.length)}</h2>
      <ul class="upload-previews" aria-hidden="true">
        ${accepted.slice(0, MAX_PREVIEWS).map((file) => html`<li>${this.#preview(file)}</li>`)}
        ${accepted.length > MAX_PREVIEWS ? html`<li class="upload-previews-more">${uploadStrings.morePreviews(accepted.length - MAX_PREVIEWS)}</li>` : nothing}
      </ul>
      ${this.error === null ? nothing : html`<p class="hint" role="alert">${this.error}</p>`}
      ${this.scanning ? html`<p class="hint" role="status">${uploadStrings.scanning} ${uploadStrings.found(this.found)}</p>` : nothing}
      ${overLimit ? html`<p class="hint">${uploadStrings.tooMany(MAX_FILES)}</p>` : nothing} ${renderSkippedFiles(problems)}
      <fieldset>
        <legend>${uploadStrings.visibility}</legend>
        ${this.#visibility("private", uploadStrings.private, this.albumOpen ? uploadStrings.privateInAlbumHint : uploadStrings.privateHint)}
        ${this.#visibility("public", strings.public, uploadStrings.publicHint)}
      </fieldset>
      ${
        suggestions === null
          ? nothing
          : html`<tintype-tag-input .completions=${suggestions.completions}></tintype-tag-input>
            ${
              this.albumOpen
                ? html`<tintype-album-field .api=${suggestions.api} .initial=${suggestions.chosen}></tintype-album-field>`
                : html`<button class="button quiet upload-album" type="button" @click=${this.#openAlbumField}>
                  ${icons.album}${uploadStrings.addToAlbum}
                </button>`
            }`
      }
      ${
        this.discarding
          ? this.#discardPrompt(accepted.length)
          : html`<div class="dialog-actions">
            ${this.#cancel()}
            <button class="button primary" autofocus aria-disabled=${this.scanning ? "true" : "false"}>${uploadStrings.addPhotos(accepted.length)}</button>
          </div>`
      }
    </form>`;
  }

  /** Renders a file's preview; of a raw file its format, which the browser cannot show. */
  #preview(file: File): TemplateResult {
    const raw = rawExtension(file.name);
    if (raw !== null) return html`${raw}`;
    return html`${icons.picture}<img src=${this.#previews.urlOf(file)} alt="" decoding="async" @error=${hideBrokenImage} />`;
  }

  #visibility(value: Visibility, label: string, hint: string): TemplateResult {
    return html`<label class="option-card">
      <input type="radio" name="status" value=${value} ?checked=${value === "private"} />
      ${value === "private" ? icons.lock : icons.globe}
      <span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #discardPrompt(count: number): TemplateResult {
    return renderConfirmPrompt({
      id: "discard-uploads",
      text: uploadStrings.discard(count),
      action: uploadStrings.discardAction,
      cancelLabel: uploadStrings.keep,
      error: null,
      busy: false,
      confirm: this.#close,
      cancel: this.#keepFiles,
    });
  }

  #cancel(): TemplateResult {
    return html`<button class="button quiet" type="button" @click=${this.#close}>${strings.cancel}</button>`;
  }

  #submit(event: SubmitEvent, files: readonly File[]): void {
    const tags = this.querySelector<TagInput>("tintype-tag-input")?.takeTags() ?? null;
    if (tags === null || this.scanning) {
      event.preventDefault();
      return;
    }
    const status: Visibility = new FormData(event.target as HTMLFormElement).get("status") === "public" ? "public" : "private";
    const album = this.querySelector<AlbumField>("tintype-album-field")?.chosen ?? null;
    this.emit("start-upload", { files, wishes: { tags, status }, album });
  }

  async #showAlbumField(): Promise<void> {
    const { defineAlbumField } = await loadAlbumField();
    defineAlbumField();
    this.albumOpen = true;
    await this.updateComplete;
  }

  #openAlbumField = (): void => {
    this.#showAlbumField().then(
      () => {
        this.querySelector<HTMLElement>("tintype-album-field input")?.focus();
      },
      () => undefined,
    );
  };

  /** Whether closing the dialog loses chosen files without a word. */
  #asksToDiscard(): boolean {
    return !this.discarding && this.files.length > 0;
  }

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented) this.#cancelRequested(event);
  };

  /** Escape, or Back on a phone. */
  #cancelRequested = (event: Event): void => {
    if (!this.#asksToDiscard()) return;
    event.preventDefault();
    this.discarding = true;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(CANCEL_BUTTON)?.focus());
  };

  #keepFiles = (): void => {
    this.discarding = false;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".dialog-actions .primary")?.focus());
  };

  #chooseFiles = (): void => {
    this.#close();
    this.emit("choose-files", "files");
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #close = (): void => {
    this.#dialog?.close();
  };

  #dialogClosed = (): void => {
    this.#closings += 1;
    this.#reset();
    this.#previews.keepOnly(new Set());
  };

  #reset(): void {
    this.scanning = this.signInNeeded = false;
    Object.assign(this, { found: 0, files: [], unreadable: [], albumOpen: false, discarding: false, error: null });
    this.#suggestions = null;
  }
}
