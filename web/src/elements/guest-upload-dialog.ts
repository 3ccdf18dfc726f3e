/**
 * The dialog in which a guest adds photos: asks for their name once, takes files, and shows what becomes of them. Loaded when
 * it is first opened.
 */
import "../styles/dialog.css";
import "../styles/upload-rows.css";
import "../styles/guest-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { explainUploadError, guestStrings as strings } from "../i18n/guest.ts";
import type { SharedAlbum } from "../state/guest-album.ts";
import { canRetry, type GuestUpload, type GuestUploads } from "../state/guest-uploads.ts";
import { PHOTO_TYPES } from "../state/photo-types.ts";
import { type FileProblem, rawExtension } from "../state/upload-validation.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

const MAX_NAME_LENGTH = 40;
/** Rows in the document; further uploads are counted. */
const MAX_ROWS = 30;

/** What the dialog needs to know about the link. */
type Link = Pick<SharedAlbum, "review" | "max_upload_bytes">;

export type { GuestUploadDialog };

/** Opens the dialog; the files of a drop are added as soon as the guest's name is known. */
export function openGuestUploadDialog(
  uploads: GuestUploads<File>,
  link: Link,
  files: readonly File[],
  onClose: () => void,
): GuestUploadDialog {
  defineOnce("tintype-guest-upload-dialog", GuestUploadDialog);
  const dialog = openDialog(new GuestUploadDialog(uploads, link, onClose));
  dialog.addFiles(files);
  return dialog;
}

class GuestUploadDialog extends ModalDialog {
  static override properties = { nameMissing: { state: true }, pending: { state: true } };
  declare nameMissing: boolean;
  /** Files that wait for the guest's name. */
  declare pending: readonly File[];
  readonly #uploads: GuestUploads<File>;
  readonly #link: Link;
  readonly #previews = new FilePreviews();

  constructor(uploads: GuestUploads<File>, link: Link, onClose: () => void) {
    super([uploads], onClose);
    this.#uploads = uploads;
    this.#link = link;
    this.nameMissing = false;
    this.pending = [];
  }

  override disconnectedCallback(): void {
    this.#previews.keepOnly(new Set());
    super.disconnectedCallback();
  }

  /** Adds files, or keeps them until the guest's name is known. */
  addFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    if (this.#uploads.guestName === "") this.pending = [...this.pending, ...files];
    else this.#uploads.add(files);
  }

  protected override render(): TemplateResult {
    const { guestName } = this.#uploads;
    return this.renderDialog({
      name: "guest-upload-dialog",
      title: strings.uploadTitle,
      closeLabel: strings.close,
      content: html`
        ${this.#link.review ? html`<p>${strings.reviewHint}</p>` : nothing} ${guestName === "" ? this.#nameForm() : this.#list()}
        ${guestName === "" && this.pending.length > 0 ? nothing : this.#choice()}
      `,
    });
  }

  #nameForm(): TemplateResult {
    const count = this.pending.length;
    return html`<form class="guest-name" novalidate @submit=${this.#nameEntered}>
      <label class="field">
        <span>${strings.yourName}</span>
        <input
          name="guest-name"
          autocomplete="name"
          maxlength=${MAX_NAME_LENGTH}
          aria-invalid=${this.nameMissing ? "true" : "false"}
          aria-describedby="guest-name-hint"
        />
      </label>
      <p class="hint" id="guest-name-hint" role=${this.nameMissing ? "alert" : nothing}>
        ${this.nameMissing ? strings.nameMissing : strings.yourNameHint}
      </p>
      ${count > 0 ? html`<div class="dialog-actions"><button class="button primary">${icons.add}${strings.addFiles(count)}</button></div>` : nothing}
    </form>`;
  }

  /** The buttons that choose files or take a photo. */
  #choice(): TemplateResult {
    const started = this.#uploads.items.length > 0;
    const touch = matchMedia("(pointer: coarse)").matches;
    return html`<div class="guest-choice">
      <input type="file" name="files" accept=${PHOTO_TYPES} multiple hidden aria-label=${strings.choosePhotos} @change=${this.#filesChosen} />
      <input type="file" name="camera" accept="image/*" capture="environment" hidden aria-label=${strings.takePhoto} @change=${this.#filesChosen} />
      <button class="button ${started ? "" : "primary"}" type="button" data-pick="files" @click=${this.#pick}>
        ${icons.picture}${started ? strings.chooseMore : strings.choosePhotos}
      </button>
      ${touch ? html`<button class="button" type="button" data-pick="camera" @click=${this.#pick}>${icons.camera}${strings.takePhoto}</button>` : nothing}
      ${started ? html`<button class="button primary" type="button" @click=${this.#done}>${strings.done}</button>` : nothing}
      ${touch || started ? nothing : html`<p class="hint">${strings.dropHint}</p>`}
    </div>`;
  }

  #list(): TemplateResult | typeof nothing {
    const { items } = this.#uploads;
    if (items.length === 0) return nothing;
    const count = (...stages: readonly string[]) => items.filter(({ stage }) => stages.includes(stage)).length;
    const [active, problems] = [count("waiting", "sending", "processing"), count("failed", "rejected", "refused")];
    const visible = [...items].sort((a, b) => order(a) - order(b)).slice(0, MAX_ROWS);
    this.#previews.keepOnly(new Set(visible.map(({ file }) => file)));
    const lines = [
      ...(active > 0 ? [strings.uploading(items.length - active, items.length)] : []),
      ...(active === 0 && count("ready") > 0 ? [strings.uploaded(count("ready"))] : []),
      ...(active === 0 && count("same-file") > 0 ? [strings.addedBefore(count("same-file"))] : []),
      ...(active === 0 && count("pending") > 0 ? [strings.waitsForReview(count("pending"))] : []),
      ...(problems > 0 ? [strings.needAttention(problems)] : []),
    ];
    return html`<section class="guest-uploads" aria-label=${strings.uploads}>
      <p role="status">${lines.map((line) => html`<span>${line}</span>`)}</p>
      <ul role="list">
        ${keyedList(
          visible,
          ({ id }) => id,
          (upload) => this.#row(upload),
        )}
      </ul>
      ${items.length > visible.length ? html`<p class="hint">${strings.moreUploads(items.length - visible.length)}</p>` : nothing}
      ${active === 0 && items.some(canRetry) ? html`<button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>` : nothing}
    </section>`;
  }

  #row(upload: GuestUpload<File>): TemplateResult {
    const { file, stage, sent } = upload;
    const raw = rawExtension(file.name);
    return html`<li class="upload" data-stage=${stage}>
      <span class="upload-picture">${raw ?? html`${icons.picture}<img alt="" src=${this.#previews.urlOf(file)} @error=${hideBrokenImage} />`}</span>
      <span class="upload-name">${file.name}</span>
      <span class="upload-status">${icon(upload)}${this.#status(upload)}</span>
      ${stage === "sending" ? html`<progress max=${file.size} .value=${sent} aria-label=${strings.progressOf(file.name)}></progress>` : nothing}
    </li>`;
  }

  #status({ stage, file, sent, error, reason, problem }: GuestUpload<File>): string {
    const maxBytes = this.#link.max_upload_bytes;
    if (stage === "refused") return describeProblem(problem, maxBytes);
    if (stage === "failed") return explainUploadError(error, maxBytes, browserNetwork.online);
    if (stage === "sending") return strings.sending(file.size === 0 ? 1 : sent / file.size);
    return stage === "rejected" ? (reason ?? strings.stages.rejected) : strings.stages[stage];
  }

  /** Reads the name; returns whether it is known. */
  #takeName(): boolean {
    if (this.#uploads.guestName !== "") return true;
    const name = this.querySelector<HTMLInputElement>("[name=guest-name]")?.value.trim() ?? "";
    this.nameMissing = name === "";
    if (this.nameMissing) {
      void this.focusOn("[name=guest-name]");
      return false;
    }
    this.#uploads.setGuestName(name);
    return true;
  }

  #nameEntered = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.#takeName()) return;
    const files = this.pending;
    this.pending = [];
    this.addFiles(files);
    void this.focusOn("#guest-upload-dialog-title");
  };

  /** Opens the file picker or the camera; the name has to be known first. */
  #pick = (event: Event): void => {
    const { pick } = (event.currentTarget as HTMLElement).dataset;
    if (this.#takeName()) this.querySelector<HTMLInputElement>(`input[name=${pick ?? ""}]`)?.click();
  };

  #done = (): void => {
    this.close();
  };

  #filesChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.addFiles([...(input.files ?? [])]);
    input.value = "";
  };

  #retry = (): void => {
    this.#uploads.retry();
    void this.focusOn("#guest-upload-dialog-title");
  };
}

/** What needs attention comes first, then what is in progress. */
function order({ stage }: GuestUpload<File>): number {
  if (stage === "failed" || stage === "refused" || stage === "rejected") return 0;
  return stage === "sending" ? 1 : stage === "processing" ? 2 : stage === "waiting" ? 3 : 4;
}

function describeProblem(problem: FileProblem | null, maxBytes: number): string {
  if (problem === "too-large") return strings.tooLarge(maxBytes);
  if (problem === "empty") return strings.emptyFile;
  return problem === "video" ? strings.video : strings.notPhoto;
}

function icon({ stage }: GuestUpload<File>): TemplateResult | typeof nothing {
  if (stage === "ready" || stage === "pending" || stage === "same-file") return icons.check;
  return stage === "failed" || stage === "refused" || stage === "rejected" ? icons.warning : nothing;
}
