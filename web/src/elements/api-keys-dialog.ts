/**
 * The dialog for a user's API keys: lists, creates and revokes them. Loaded when it is first opened.
 */
import "../styles/api-keys-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { apiKeyStrings } from "../i18n/api-keys.ts";
import { explain, strings } from "../i18n/common.ts";
import { formatDate } from "../i18n/format.ts";
import { type ApiKey, type ApiKeyApi, ApiKeys, formatLastUse } from "../state/api-keys.ts";
import { type CopyTarget, type KeyField, readKeyForm, renderKeyForm, renderNewKey } from "./api-key-form.ts";
import { CANCEL_BUTTON, renderConfirmPrompt } from "./confirm-prompt.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Opens the dialog; `apiUrl` is the base URL of the API, `onClose` is called once it is closed. */
export function openApiKeysDialog(api: ApiKeyApi, apiUrl: string, onClose: () => void): ApiKeysDialog {
  defineOnce("tintype-api-keys-dialog", ApiKeysDialog);
  return openDialog(new ApiKeysDialog(new ApiKeys(api), absoluteUrl(apiUrl), onClose));
}

/** Resolves the API's base URL, which may be relative to the page, for use in a script. */
function absoluteUrl(url: string): string {
  return new URL(url, document.baseURI).href.replace(/\/$/, "");
}

export class ApiKeysDialog extends ModalDialog {
  static override properties = {
    formOpen: { state: true },
    invalidField: { state: true },
    copied: { state: true },
    announcement: { state: true },
  };
  /** Whether the form is open although there are keys. */
  declare formOpen: boolean;
  declare invalidField: KeyField | null;
  declare copied: CopyTarget | null;
  /** For screen readers: an open dialog hides the page's own status. */
  declare announcement: string;
  readonly #keys: ApiKeys;
  readonly #apiUrl: string;

  constructor(keys: ApiKeys, apiUrl: string, onClose: () => void) {
    super([keys], onClose);
    this.#keys = keys;
    this.#apiUrl = apiUrl;
    this.formOpen = false;
    this.invalidField = null;
    this.copied = null;
    this.announcement = "";
  }

  protected override load(): void {
    void this.#keys.load();
  }

  protected override reload(): void {
    if (this.#keys.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "api-keys-dialog",
      title: strings.apiKeys,
      closeLabel: apiKeyStrings.close,
      onCancel: this.#escapePressed,
      content: html`<p class="muted">${apiKeyStrings.hint}</p>
        ${this.#body()}
        <p class="visually-hidden" role="status">${this.announcement}</p>`,
    });
  }

  #body(): TemplateResult {
    const { status, items, error } = this.#keys;
    if (status === "failed") return this.renderLoadError(error);
    if (status === "loading") return html`<p class="hint" role="status">${apiKeyStrings.loading}</p>`;
    return html`
      ${this.#creation()}
      ${
        items.length === 0
          ? nothing
          : html`<ul class="api-key-list" role="list" aria-label=${apiKeyStrings.list}>
            ${keyedList(
              items,
              ({ key_id }) => key_id,
              (key) => this.#key(key),
            )}
          </ul>`
      }
    `;
  }

  /** Renders the new key, the form, or the button that opens the form. */
  #creation(): TemplateResult {
    const { created, creating, items } = this.#keys;
    if (created !== null) {
      const copy = (target: CopyTarget, text: string) => void this.#copy(target, text);
      return renderNewKey(created, { apiUrl: this.#apiUrl, copied: this.copied, copy, done: this.#done });
    }
    if (!this.formOpen && items.length > 0) {
      return html`<button class="button api-key-new" type="button" @click=${this.#openForm}>${icons.add}${apiKeyStrings.newKey}</button>`;
    }
    const cancel = items.length > 0 ? this.#closeForm : null;
    const submit = (event: SubmitEvent) => void this.#submit(event);
    return renderKeyForm({ invalidField: this.invalidField, error: this.#formError(), creating, submit, cancel });
  }

  #formError(): string | null {
    if (this.invalidField !== null) return this.invalidField === "name" ? apiKeyStrings.nameMissing : apiKeyStrings.permissionMissing;
    const { error, toRevoke } = this.#keys;
    return error === null || toRevoke !== null ? null : explain(error);
  }

  #key(key: ApiKey): TemplateResult {
    const { name, can, created_at: created, last_used: used } = key;
    const dates = [apiKeyStrings.createdOn(formatDate(Date.parse(created))), formatLastUse(used, systemClock.now())];
    return html`<li class="api-key" data-key=${key.key_id}>
      <div class="api-key-details">
        <h3>${name}</h3>
        <p>${can.map((permission) => apiKeyStrings.rights[permission][0]).join(", ")}</p>
        <p class="muted">${dates.map((date) => html`<span>${date}</span>`)}</p>
      </div>
      ${
        this.#keys.toRevoke?.key_id === key.key_id
          ? this.#revokePrompt(name)
          : html`<button class="button" type="button" aria-label=${apiKeyStrings.revokeNamed(name)} @click=${() => void this.#openRevokePrompt(key)}>
            ${apiKeyStrings.revoke}
          </button>`
      }
    </li>`;
  }

  #revokePrompt(name: string): TemplateResult {
    const { error, revoking } = this.#keys;
    return renderConfirmPrompt({
      id: "api-key-prompt",
      text: apiKeyStrings.revokePrompt,
      action: apiKeyStrings.revokeKey,
      error,
      busy: revoking,
      confirm: () => void this.#revoke(name),
      cancel: () => void this.#closeRevokePrompt(),
    });
  }

  #openForm = (): void => {
    this.formOpen = true;
    void this.focusOn("[name=name]");
  };

  #closeForm = (): void => {
    this.formOpen = false;
    this.invalidField = null;
    void this.focusOn(".api-key-new");
  };

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { name, can } = readKeyForm(event.target as HTMLFormElement);
    this.invalidField = name === "" ? "name" : can.length === 0 ? "can" : null;
    this.copied = null;
    if (this.invalidField !== null) await this.focusOn(`[name=${this.invalidField}]`);
    else if (await this.#keys.create(name, can)) await this.focusOn('[data-copy="key"]');
  }

  #done = (): void => {
    this.#keys.dismissCreated();
    this.formOpen = false;
    void this.focusOn(".api-key-new");
  };

  async #copy(target: CopyTarget, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = target;
      this.announcement = apiKeyStrings.copied;
    } catch {
      // The browser denies access to the clipboard: the text is selected, so that the user can copy it.
      const code = this.querySelector(`[data-copy="${target}"]`)?.previousElementSibling;
      if (code instanceof HTMLElement) getSelection()?.selectAllChildren(code);
      this.announcement = apiKeyStrings.copyFailed;
    }
  }

  async #openRevokePrompt(key: ApiKey): Promise<void> {
    this.#keys.askToRevoke(key);
    await this.focusOn(CANCEL_BUTTON);
  }

  async #closeRevokePrompt(): Promise<void> {
    const keyId = this.#keys.toRevoke?.key_id ?? "";
    this.#keys.cancelRevoke();
    await this.focusOn(`[data-key="${keyId}"] button`);
  }

  async #revoke(name: string): Promise<void> {
    if (!(await this.#keys.revoke())) return;
    this.announcement = apiKeyStrings.revoked(name);
    await this.focusOn("#api-keys-dialog-title");
  }

  /** Keeps Escape from losing a key that was not copied: it is displayed only once. */
  #escapePressed = (event: Event): void => {
    if (this.#keys.created === null || this.copied !== null) return;
    event.preventDefault();
    this.announcement = apiKeyStrings.copyNow;
    void this.focusOn('[data-copy="key"]');
  };
}
