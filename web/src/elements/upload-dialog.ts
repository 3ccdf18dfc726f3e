/**
 * The dialog before an upload: visibility, tags and album of the chosen files. It also asks signed-out users to sign in.
 */
import { html, nothing, type TemplateResult } from "lit";

import { lazyImport } from "../core/lazy-import.ts";
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Album, AlbumApi } from "../state/albums.ts";
import type { Visibility } from "../state/photo.ts";
import {
  MAX_FILE_BYTES,
  MAX_TAG_LENGTH,
  MAX_FILES,
  MAX_TAGS,
  parseTags,
  type FileSelection,
  validateFiles,
} from "../state/upload-validation.ts";
import type { AlbumField } from "./album-field.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Previews per batch. */
const MAX_PREVIEWS = 5;

/** Where the user's albums are listed, and the one to propose. */
export interface UploadAlbums {
  readonly api: Pick<AlbumApi, "listAlbums">;
  readonly chosen: Album | null;
}

const loadAlbumField = lazyImport(() => import("./album-field.ts"));

const NO_FILES: FileSelection<File> = { accepted: [], notPhotos: [], tooLarge: [], overLimit: 0 };

export class UploadDialog extends PageElement {
  static override properties = {
    files: { state: true },
    signInNeeded: { state: true },
    tagsError: { state: true },
    albumOpen: { state: true },
  };
  declare files: FileSelection<File>;
  declare signInNeeded: boolean;
  declare tagsError: string | null;
  /** Whether the field for the album is displayed. */
  declare albumOpen: boolean;
  readonly #previews = new FilePreviews();
  /** The albums to choose from, and the one that is chosen at first. */
  #albums: UploadAlbums | null = null;

  constructor() {
    super();
    this.files = NO_FILES;
    this.signInNeeded = false;
    this.tagsError = null;
    this.albumOpen = false;
  }

  /** Opens the dialog for these files, or adds them to those it shows. */
  async openWithFiles(files: readonly File[], albums: UploadAlbums): Promise<void> {
    const isOpen = this.#dialog?.open === true && !this.signInNeeded;
    const more = isOpen ? this.files.accepted : [];
    if (!isOpen) {
      this.#albums = albums;
      this.albumOpen = false;
      if (albums.chosen !== null) void this.#showAlbumField();
    }
    this.files = validateFiles([...more, ...files]);
    this.signInNeeded = false;
    await this.#showModal();
  }

  /** Opens the dialog with a request to sign in. */
  async openSignInPrompt(): Promise<void> {
    this.files = NO_FILES;
    this.signInNeeded = true;
    await this.#showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog class="dialog" aria-labelledby="upload-dialog-title" @close=${this.#dialogClosed}>
        <div class="dialog-content">
          ${this.signInNeeded ? this.#signInPrompt() : this.files.accepted.length === 0 ? this.#noPhotos() : this.#form()}
        </div>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  async #showModal(): Promise<void> {
    this.tagsError = null;
    await this.updateComplete;
    if (this.#dialog?.open === false) this.#dialog.showModal();
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

  #noPhotos(): TemplateResult {
    return html`
      <h2 id="upload-dialog-title">${isEmpty(this.files) ? uploadStrings.noneFound : uploadStrings.noneUsable}</h2>
      ${this.#skippedFiles()}
      <div class="dialog-actions">
        ${this.#cancel()}
        <button class="button primary" type="button" autofocus @click=${this.#chooseFiles}>${strings.choosePhotos}</button>
      </div>
    `;
  }

  #form(): TemplateResult {
    const { accepted } = this.files;
    return html`<form method="dialog" @submit=${this.#submit}>
      <h2 id="upload-dialog-title">${uploadStrings.addPhotos(accepted.length)}</h2>
      <ul class="upload-previews" aria-hidden="true">
        ${accepted.slice(0, MAX_PREVIEWS).map((file) => html`<li>${icons.picture}${preview(this.#previews.urlOf(file))}</li>`)}
        ${accepted.length > MAX_PREVIEWS ? html`<li class="upload-previews-more">${uploadStrings.morePreviews(accepted.length - MAX_PREVIEWS)}</li>` : nothing}
      </ul>
      ${this.#skippedFiles()}
      <fieldset>
        <legend>${uploadStrings.visibility}</legend>
        ${this.#visibility("private", uploadStrings.private, this.albumOpen ? uploadStrings.privateInAlbumHint : uploadStrings.privateHint)}
        ${this.#visibility("public", strings.public, uploadStrings.publicHint)}
      </fieldset>
      <label class="field">
        <span>${uploadStrings.tags}</span>
        <input
          name="tags"
          autocomplete="off"
          autocapitalize="none"
          aria-describedby="tags-hint"
          aria-invalid=${this.tagsError === null ? "false" : "true"}
        />
      </label>
      <p class="hint" id="tags-hint" role=${this.tagsError === null ? nothing : "alert"}>${this.tagsError ?? uploadStrings.tagsHint}</p>
      ${
        this.#albums === null
          ? nothing
          : this.albumOpen
            ? html`<tintype-album-field .api=${this.#albums.api} .initial=${this.#albums.chosen}></tintype-album-field>`
            : html`<button class="button quiet upload-album" type="button" @click=${this.#openAlbumField}>
                ${icons.album}${uploadStrings.addToAlbum}
              </button>`
      }
      <div class="dialog-actions">
        ${this.#cancel()}
        <button class="button primary" autofocus>${uploadStrings.addPhotos(accepted.length)}</button>
      </div>
    </form>`;
  }

  #visibility(value: Visibility, label: string, hint: string): TemplateResult {
    return html`<label class="option-card">
      <input type="radio" name="status" value=${value} ?checked=${value === "private"} />
      ${value === "private" ? icons.lock : icons.globe}
      <span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #skippedFiles(): TemplateResult {
    const { notPhotos, tooLarge, overLimit } = this.files;
    const megabytes = MAX_FILE_BYTES / 1024 / 1024;
    return html`
      ${overLimit > 0 ? html`<p class="hint">${uploadStrings.tooMany(MAX_FILES)}</p>` : nothing}
      ${notPhotos.length > 0 ? html`<p class="hint">${uploadStrings.skipped(notPhotos.length)}</p>` : nothing}
      ${tooLarge.map(({ name }) => html`<p class="hint">${name}: ${uploadStrings.tooLarge(megabytes)}</p>`)}
    `;
  }

  #cancel(): TemplateResult {
    return html`<button class="button quiet" type="button" @click=${this.#close}>${strings.cancel}</button>`;
  }

  #submit = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const parsed = parseTags(data.get("tags") as string);
    if (parsed.error !== null) {
      event.preventDefault();
      this.tagsError = parsed.error === "too-many" ? strings.tooManyTags(MAX_TAGS) : strings.tagTooLong(MAX_TAG_LENGTH);
      form.querySelector<HTMLInputElement>("[name=tags]")?.focus();
      return;
    }
    const status: Visibility = data.get("status") === "public" ? "public" : "private";
    const album = this.querySelector<AlbumField>("tintype-album-field")?.chosen ?? null;
    this.emit("start-upload", { files: this.files.accepted, wishes: { tags: parsed.tags, status }, album });
    form.reset();
  };

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
    this.files = NO_FILES;
    this.#albums = null;
    this.#previews.keepOnly(new Set());
  };
}

/** Whether there were no files at all, as in an empty folder. */
function isEmpty({ notPhotos, tooLarge }: FileSelection<File>): boolean {
  return notPhotos.length + tooLarge.length === 0;
}

/** Renders a file's preview, or nothing if the browser cannot show it. */
function preview(url: string): TemplateResult {
  return html`<img src=${url} alt="" decoding="async" @error=${hideBrokenImage} />`;
}
