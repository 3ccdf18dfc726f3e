/**
 * The moment between choosing files and sending them: who may see them, and words for them. It also says
 * what to do where adding needs somebody signed in.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { uploading } from "../i18n/uploads.ts";
import type { Visibility } from "../state/photo.ts";
import { LARGEST, LONGEST_TAG, MOST_FILES, MOST_TAGS, readTags, type Sorted, sortFiles } from "../state/upload-validation.ts";
import { hideBroken } from "./broken-image.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Pictures shown of a batch. */
const SHOWN = 5;

const NOTHING: Sorted<File> = { usable: [], notPhotos: [], tooLarge: [], beyond: 0 };

export class UploadDialog extends PageElement {
  static override properties = {
    chosen: { state: true },
    signInNeeded: { state: true },
    fault: { state: true },
  };
  declare chosen: Sorted<File>;
  declare signInNeeded: boolean;
  declare fault: string | null;
  readonly #previews = new FilePreviews();

  constructor() {
    super();
    this.chosen = NOTHING;
    this.signInNeeded = false;
    this.fault = null;
  }

  /** Asks what is to be said of these files. */
  async compose(files: readonly File[]): Promise<void> {
    const more = this.#dialog?.open === true && !this.signInNeeded ? this.chosen.usable : [];
    this.chosen = sortFiles([...more, ...files]);
    this.signInNeeded = false;
    await this.#open();
  }

  /** Says that adding photos needs somebody signed in. */
  async askToSignIn(): Promise<void> {
    this.chosen = NOTHING;
    this.signInNeeded = true;
    await this.#open();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog class="composer" aria-labelledby="composer-title" @close=${this.#closed}>
        ${this.signInNeeded ? this.#signIn() : this.chosen.usable.length === 0 ? this.#nothing() : this.#form()}
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  async #open(): Promise<void> {
    this.fault = null;
    await this.updateComplete;
    if (this.#dialog?.open === false) this.#dialog.showModal();
  }

  #signIn(): TemplateResult {
    return html`
      <h2 id="composer-title">${uploading.signInFirst}</h2>
      <p>${uploading.signInFirstHint}</p>
      <div class="composer-actions">
        ${this.#cancel()}
        <button class="button primary" type="button" autofocus @click=${this.#goSignIn}>${strings.signIn}</button>
      </div>
    `;
  }

  #nothing(): TemplateResult {
    return html`
      <h2 id="composer-title">${isEmpty(this.chosen) ? uploading.nothingThere : uploading.nothingUsable}</h2>
      ${this.#leftOut()}
      <div class="composer-actions">
        ${this.#cancel()}
        <button class="button primary" type="button" autofocus @click=${this.#chooseAgain}>${strings.choose}</button>
      </div>
    `;
  }

  #form(): TemplateResult {
    const { usable } = this.chosen;
    return html`<form method="dialog" @submit=${this.#submit}>
      <h2 id="composer-title">${uploading.composerTitle(usable.length)}</h2>
      <ul class="strip" aria-hidden="true">
        ${usable.slice(0, SHOWN).map((file) => html`<li>${icons.picture}${picture(this.#previews.of(file))}</li>`)}
        ${usable.length > SHOWN ? html`<li class="strip-more">${uploading.andMore(usable.length - SHOWN)}</li>` : nothing}
      </ul>
      ${this.#leftOut()}
      <fieldset>
        <legend>${uploading.whoSees}</legend>
        ${this.#visibility("private", uploading.private, uploading.privateHint)}
        ${this.#visibility("public", strings.public, uploading.publicHint)}
      </fieldset>
      <label class="field">
        <span>${uploading.tagsField}</span>
        <input
          name="tags"
          autocomplete="off"
          autocapitalize="none"
          aria-describedby="tags-hint"
          aria-invalid=${this.fault === null ? "false" : "true"}
        />
      </label>
      <p class="hint" id="tags-hint" role=${this.fault === null ? nothing : "alert"}>${this.fault ?? uploading.tagsHint}</p>
      <div class="composer-actions">
        ${this.#cancel()}
        <button class="button primary" autofocus>${uploading.composerTitle(usable.length)}</button>
      </div>
    </form>`;
  }

  #visibility(value: Visibility, label: string, hint: string): TemplateResult {
    return html`<label class="choice">
      <input type="radio" name="status" value=${value} ?checked=${value === "private"} />
      ${value === "private" ? icons.lock : icons.globe}
      <span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #leftOut(): TemplateResult {
    const { notPhotos, tooLarge, beyond } = this.chosen;
    const megabytes = LARGEST / 1024 / 1024;
    return html`
      ${beyond > 0 ? html`<p class="hint">${uploading.beyond(MOST_FILES)}</p>` : nothing}
      ${notPhotos.length > 0 ? html`<p class="hint">${uploading.leftOut(notPhotos.length)}</p>` : nothing}
      ${tooLarge.map(({ name }) => html`<p class="hint">${name}: ${uploading.tooLarge(megabytes)}</p>`)}
    `;
  }

  #cancel(): TemplateResult {
    return html`<button class="button quiet" type="button" @click=${this.#close}>${strings.cancel}</button>`;
  }

  #submit = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const said = new FormData(form);
    const read = readTags(said.get("tags") as string);
    if (read.fault !== null) {
      event.preventDefault();
      this.fault = read.fault === "too-many" ? strings.tooManyTags(MOST_TAGS) : strings.tagTooLong(LONGEST_TAG);
      form.querySelector<HTMLInputElement>("[name=tags]")?.focus();
      return;
    }
    const status: Visibility = said.get("status") === "public" ? "public" : "private";
    this.emit("put", { files: this.chosen.usable, wishes: { tags: read.tags, status } });
    form.reset();
  };

  #chooseAgain = (): void => {
    this.#close();
    this.emit("add", "files");
  };

  #goSignIn = (): void => {
    this.emit("sign-in", null);
  };

  #close = (): void => {
    this.#dialog?.close();
  };

  #closed = (): void => {
    this.chosen = NOTHING;
    this.#previews.keepOnly(new Set());
  };
}

/** Whether there was no file at all: a folder was empty. */
function isEmpty({ notPhotos, tooLarge }: Sorted<File>): boolean {
  return notPhotos.length + tooLarge.length === 0;
}

/** A file's picture, or an icon where the browser cannot show it. */
function picture(address: string): TemplateResult {
  return html`<img src=${address} alt="" decoding="async" @error=${hideBroken} />`;
}
