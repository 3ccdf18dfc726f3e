/**
 * The dialogs of shared links: one to share an album or photos, with the album's links, and one with all links of the user.
 * Loaded when the first one is opened.
 */
import "../styles/share-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { HttpError } from "../core/errors.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { explain, strings } from "../i18n/common.ts";
import { shareStrings } from "../i18n/sharing.ts";
import { findInvalidField, type InvalidField, MIN_PASSWORD_LENGTH, termsOf } from "../state/share-form.ts";
import { type Share, type ShareApi, Shares, type ShareSubject } from "../state/shares.ts";
import { CANCEL_BUTTON, renderConfirmPrompt } from "./confirm-prompt.ts";
import { icons } from "./icons.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";
import { initialChoice, readShareForm, renderShareForm, type ShareFormState } from "./share-form.ts";
import { renderShareLink } from "./share-link.ts";
import { renderShareList } from "./share-list.ts";

const loadQrCode = lazyImport(() => import("./qr-code.ts"));

/** Opens the dialog that shares an album or photos. */
export function openShareDialog(api: ShareApi, subject: ShareSubject, parent: Element = document.body): ShareDialog {
  defineOnce("tintype-share-dialog", ShareDialog);
  return openDialog(new ShareDialog(api, subject, () => undefined), parent);
}

/** Opens the dialog with all links of the user; `onClose` is called once it is closed. */
export function openSharedLinksDialog(api: ShareApi, onClose: () => void): ShareDialog {
  defineOnce("tintype-share-dialog", ShareDialog);
  return openDialog(new ShareDialog(api, null, onClose));
}

export class ShareDialog extends ModalDialog {
  static override properties = {
    formOpen: { state: true },
    chosen: { state: true },
    invalidField: { state: true },
    copied: { state: true },
    qrCode: { state: true },
    announcement: { state: true },
  };
  /** Whether the form for a new link is open although there are links. */
  declare formOpen: boolean;
  declare chosen: ShareFormState["chosen"];
  declare invalidField: InvalidField | null;
  declare copied: boolean;
  declare qrCode: TemplateResult | null;
  /** For screen readers: an open dialog hides the page's own status. */
  declare announcement: string;
  readonly #shares: Shares;
  readonly #subject: ShareSubject | null;

  constructor(api: ShareApi, subject: ShareSubject | null, onClose: () => void) {
    const shares = new Shares(api, subject);
    super([shares], onClose);
    this.#shares = shares;
    this.#subject = subject;
    this.formOpen = false;
    this.chosen = initialChoice(null);
    this.invalidField = null;
    this.copied = false;
    this.qrCode = null;
    this.announcement = "";
  }

  protected override load(): void {
    void this.#shares.load();
  }

  protected override reload(): void {
    if (this.#shares.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "share-dialog",
      title: this.#title(),
      closeLabel: shareStrings.close,
      onCancel: this.#escapePressed,
      content: html`<p class="muted">${this.#subject === null ? shareStrings.allHint : shareStrings.hint}</p>
        ${this.#body()}
        <p class="visually-hidden" role="status">${this.announcement}</p>`,
    });
  }

  #title(): string {
    const subject = this.#subject;
    if (subject === null) return strings.sharedLinks;
    return subject.kind === "album" ? shareStrings.shareTitle(subject.title) : shareStrings.sharePhotos(subject.photoIds.length);
  }

  #body(): TemplateResult {
    const { status, error } = this.#shares;
    if (status === "failed") return this.renderLoadError(error);
    if (status === "loading") return html`<p class="hint" role="status">${shareStrings.loading}</p>`;
    return html`${this.#subject === null ? nothing : this.#creation(this.#subject)} ${this.#list()}`;
  }

  /** Renders the new link, the form, or the button that opens the form. */
  #creation(subject: ShareSubject): TemplateResult {
    const { created, items, editing } = this.#shares;
    if (created !== null) {
      return renderShareLink({
        url: created.url,
        title: created.title,
        copied: this.copied,
        qrCode: this.qrCode,
        copy: () => void this.#copy(created.url),
        shareVia: "share" in navigator ? () => void shareVia(created.url, created.title) : null,
        done: this.#done,
      });
    }
    if (editing !== null || (!this.formOpen && items.length > 0)) {
      return html`<button class="button share-new" type="button" @click=${this.#openForm}>${icons.add}${shareStrings.newLink}</button>`;
    }
    const cancel = items.length > 0 ? this.#closeForm : null;
    return this.#form(null, subject, (event) => void this.#create(event), cancel);
  }

  #form(
    share: Share | null,
    subject: ShareSubject | null,
    submit: (event: SubmitEvent) => void,
    cancel: (() => void) | null,
  ): TemplateResult {
    return renderShareForm(
      {
        share,
        subject: share === null ? (subject?.kind ?? "photos") : share.album_id === null ? "photos" : "album",
        title: subject?.title ?? "",
        chosen: this.chosen,
        invalid: this.#invalid(),
        error: this.#formError(),
        busy: this.#shares.busy,
      },
      { changed: this.#fieldChanged, submit, cancel },
    );
  }

  #invalid(): ShareFormState["invalid"] {
    const field = this.invalidField;
    if (field === null) return null;
    return { field, text: field === "date" ? shareStrings.dateInvalid : shareStrings.passwordTooShort(MIN_PASSWORD_LENGTH) };
  }

  #formError(): string | null {
    const { error, toRevoke } = this.#shares;
    if (error instanceof HttpError && error.status === 412) return shareStrings.changedElsewhere;
    return error === null || toRevoke !== null ? null : explain(error);
  }

  #list(): TemplateResult | typeof nothing {
    const { items, hasMore, created } = this.#shares;
    const [titled, subject] = [this.#subject === null, this.#subject];
    const listed = items.filter(({ share_id }) => share_id !== created?.share_id);
    if (listed.length === 0) return titled && items.length === 0 ? html`<p class="share-none">${shareStrings.none}</p>` : nothing;
    return html`${subject?.kind === "album" ? html`<h3 class="share-list-title">${shareStrings.list}</h3>` : nothing}
      ${renderShareList(listed, { titled, change: this.#openEdit, revoke: this.#openRevokePrompt, opened: this.#opened })}
      ${hasMore ? html`<button class="button" type="button" @click=${this.#loadMore}>${shareStrings.loadMore}</button>` : nothing}`;
  }

  /** The form or the prompt of a link in the list. */
  #opened = (share: Share): TemplateResult | null => {
    const { editing, toRevoke, error, busy } = this.#shares;
    if (editing?.share_id === share.share_id) {
      return this.#form(share, null, (event) => void this.#save(event, share), this.#closeEdit);
    }
    if (toRevoke?.share_id !== share.share_id) return null;
    return renderConfirmPrompt({
      id: "share-prompt",
      text: shareStrings.revokePrompt,
      action: shareStrings.revokeLink,
      error,
      busy,
      confirm: () => void this.#revoke(),
      cancel: () => {
        this.#shares.cancelRevoke();
        void this.focusOn(`[data-share="${share.share_id}"] [data-action=revoke]`);
      },
    });
  };

  #openForm = (): void => {
    this.#shares.cancelEdit();
    this.chosen = initialChoice(null);
    this.formOpen = true;
    void this.focusOn("[name=download]:checked");
  };

  #closeForm = (): void => {
    this.formOpen = false;
    this.invalidField = null;
    void this.focusOn(".share-new");
  };

  #openEdit = (share: Share): void => {
    this.formOpen = false;
    this.invalidField = null;
    this.chosen = initialChoice(share);
    this.#shares.edit(share);
    void this.focusOn(".share-list [name=download]:checked");
  };

  #closeEdit = (): void => {
    const shareId = this.#shares.editing?.share_id ?? "";
    this.#shares.cancelEdit();
    void this.focusOn(`[data-share="${shareId}"] [data-action=change]`);
  };

  #fieldChanged = (event: Event): void => {
    const { form } = event.target as HTMLInputElement;
    if (form === null) return;
    const { download, add, expiry } = readShareForm(form);
    this.chosen = { download, add, expiry };
  };

  async #create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const fields = readShareForm(event.target as HTMLFormElement);
    if (!(await this.#isValid(fields))) return;
    this.copied = false;
    this.qrCode = null;
    if (!(await this.#shares.create(termsOf(fields, null, systemClock.now()), fields.title))) return;
    await this.focusOn("[data-copy=link]");
    this.querySelector(".share-link")?.scrollIntoView({ block: "nearest" });
    void this.#drawQrCode();
  }

  async #save(event: SubmitEvent, share: Share): Promise<void> {
    event.preventDefault();
    const fields = readShareForm(event.target as HTMLFormElement);
    if (!(await this.#isValid(fields)) || !(await this.#shares.save(termsOf(fields, share, systemClock.now())))) return;
    this.announcement = shareStrings.saved;
    await this.focusOn(`[data-share="${share.share_id}"] [data-action=change]`);
  }

  async #isValid(fields: ReturnType<typeof readShareForm>): Promise<boolean> {
    this.invalidField = findInvalidField(fields, systemClock.now());
    if (this.invalidField !== null) await this.focusOn(`[name=${this.invalidField}]`);
    return this.invalidField === null;
  }

  /** The link is of use without its QR code, so that an error is ignored. */
  async #drawQrCode(): Promise<void> {
    const url = this.#shares.created?.url;
    const module = await loadQrCode().catch(() => null);
    if (url !== undefined && module !== null) this.qrCode = module.renderQrCode(url, shareStrings.qrCode);
  }

  #done = (): void => {
    this.#shares.dismissCreated();
    this.formOpen = false;
    if (this.#subject?.kind === "photos") this.close();
    else void this.focusOn(".share-new");
  };

  async #copy(url: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
      this.copied = true;
      this.announcement = shareStrings.copied;
    } catch {
      // The browser denies access to the clipboard: the text is selected, so that the user can copy it.
      const code = this.querySelector(".share-link code");
      if (code !== null) getSelection()?.selectAllChildren(code);
      this.announcement = shareStrings.copyFailed;
    }
  }

  #openRevokePrompt = (share: Share): void => {
    this.#shares.askToRevoke(share);
    void this.focusOn(CANCEL_BUTTON);
  };

  async #revoke(): Promise<void> {
    if (!(await this.#shares.revoke())) return;
    this.announcement = shareStrings.revoked;
    await this.focusOn("#share-dialog-title");
  }

  #loadMore = (): void => {
    void this.#shares.loadMore();
  };

  /** Keeps Escape from losing a link that was not copied: it is displayed only once. */
  #escapePressed = (event: Event): void => {
    if (this.#shares.created === null || this.copied) return;
    event.preventDefault();
    this.announcement = shareStrings.copyNow;
    void this.focusOn("[data-copy=link]");
  };
}

/** Opens the system's dialog that hands a link to another app; the user may close it. */
async function shareVia(url: string, title: string): Promise<void> {
  await navigator.share({ url, ...(title !== "" && { title }) }).catch(() => undefined);
}
