/**
 * One's API keys, in a dialog: which there are, a new one, and the end of one. Loaded when it is first opened.
 */
import "../styles/api-keys-dialog.css";

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { browserNetwork } from "../core/network-status.ts";
import { apiKeyStrings } from "../i18n/api-keys.ts";
import { explain, explainLoadError, strings } from "../i18n/common.ts";
import { formatDate, formatDateTime } from "../i18n/format.ts";
import { type ApiKey, type ApiKeyApi, ApiKeys, type NewApiKey, type Permission, PERMISSIONS, curlExample } from "../state/api-keys.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

const MAX_NAME_LENGTH = 64;

/** Shows the keys; `closed` is called when the person, or the page, has put them away. */
export function openApiKeysDialog(office: ApiKeyApi, api: string, closed: () => void): ApiKeysDialog {
  if (customElements.get("tintype-api-keys-dialog") === undefined) customElements.define("tintype-api-keys-dialog", ApiKeysDialog);
  const dialog = new ApiKeysDialog(new ApiKeys(office), apiUrl(api), closed);
  document.body.append(dialog);
  return dialog;
}

/** The API's address as a script needs it, also where the page and the API share one. */
function apiUrl(api: string): string {
  return new URL(api, document.baseURI).href.replace(/\/$/, "");
}

export class ApiKeysDialog extends PageElement {
  static override properties = {
    formOpen: { state: true },
    invalidField: { state: true },
    copied: { state: true },
    announcement: { state: true },
  };
  /** Whether the form for a new key is open though there are keys. */
  declare formOpen: boolean;
  declare invalidField: "name" | "can" | null;
  /** Which of the two texts was copied last. */
  declare copied: "key" | "line" | null;
  /** What is said to people who listen: all else on the page is out of reach while this is open. */
  declare announcement: string;
  readonly #keys: ApiKeys;
  readonly #api: string;
  readonly #closed: () => void;
  #stopWatching: () => void = () => undefined;

  constructor(keys: ApiKeys, api: string, closed: () => void) {
    super();
    this.#keys = keys;
    this.#api = api;
    this.#closed = closed;
    this.formOpen = false;
    this.invalidField = null;
    this.copied = null;
    this.announcement = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = this.#keys.watch(() => {
      this.requestUpdate();
    });
    addEventListener("online", this.#online);
  }

  override disconnectedCallback(): void {
    this.#stopWatching();
    removeEventListener("online", this.#online);
    super.disconnectedCallback();
  }

  /** Puts the keys away. */
  close(): void {
    this.#dialog?.close();
  }

  protected override firstUpdated(): void {
    this.#dialog?.showModal();
    void this.#keys.load();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="dialog api-keys-dialog" aria-labelledby="api-keys-title" @cancel=${this.#escapePressed} @close=${this.#dialogClosed}>
      <div class="dialog-head">
        <h2 id="api-keys-title" tabindex="-1" autofocus>${strings.apiKeys}</h2>
        <button class="icon-button" type="button" aria-label=${apiKeyStrings.close} @click=${this.#closeClicked}>${icons.close}</button>
      </div>
      <p class="muted">${apiKeyStrings.hint}</p>
      ${this.#body()}
      <p class="visually-hidden" role="status">${this.announcement}</p>
    </dialog>`;
  }

  #body(): TemplateResult {
    const { status, created, items, error } = this.#keys;
    if (status === "failed") {
      return html`<p class="hint" role="alert">${explainLoadError(error, browserNetwork)}</p>
        <div class="dialog-actions">
          <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>
        </div>`;
    }
    if (status === "loading") return html`<p class="hint" role="status">${apiKeyStrings.loading}</p>`;
    const form = this.formOpen || items.length === 0;
    return html`
      ${created !== null ? this.#createdKey(created) : form ? this.#form() : this.#newKeyButton()}
      ${items.length === 0
        ? nothing
        : html`<ul class="api-key-list" role="list" aria-label=${apiKeyStrings.list}>
            ${repeat(items, ({ key_id }) => key_id, (key) => this.#key(key))}
          </ul>`}
    `;
  }

  #newKeyButton(): TemplateResult {
    return html`<button class="button api-key-new" type="button" @click=${this.#openForm}>${icons.add}${apiKeyStrings.newKey}</button>`;
  }

  #form(): TemplateResult {
    const { creating, error, toRevoke, items } = this.#keys;
    const wrong = this.invalidField === "name" ? apiKeyStrings.nameMissing : this.invalidField === "can" ? apiKeyStrings.permissionMissing : null;
    const failed = error !== null && toRevoke === null ? explain(error) : null;
    const told = wrong ?? failed;
    return html`<form class="api-key-form" novalidate @submit=${this.#submit}>
      <label class="field">
        <span>${apiKeyStrings.name}</span>
        <input
          name="name"
          autocomplete="off"
          maxlength=${MAX_NAME_LENGTH}
          placeholder=${apiKeyStrings.namePlaceholder}
          aria-invalid=${this.invalidField === "name" ? "true" : "false"}
          aria-describedby="api-key-error"
        />
      </label>
      <fieldset aria-describedby="api-key-error">
        <legend>${apiKeyStrings.permissions}</legend>
        ${PERMISSIONS.map((right) => this.#scopeCheckbox(right))}
      </fieldset>
      <p class="hint" id="api-key-error" role=${told === null ? nothing : "alert"}>${told}</p>
      <div class="dialog-actions">
        ${items.length > 0
          ? html`<button class="button quiet" type="button" @click=${this.#closeForm}>${strings.cancel}</button>`
          : nothing}
        <button class="button primary" aria-disabled=${creating ? "true" : "false"}>${apiKeyStrings.create}</button>
      </div>
    </form>`;
  }

  #scopeCheckbox(right: Permission): TemplateResult {
    const [label, hint] = apiKeyStrings.rights[right];
    return html`<label class="option-card">
      <input type="checkbox" name="can" value=${right} ?checked=${right === "read"} />
      <span class="checkmark">${icons.check}</span>
      <span><b>${label}</b><small>${hint}</small></span>
    </label>`;
  }

  #createdKey(made: NewApiKey): TemplateResult {
    return html`<section class="api-key-created" aria-labelledby="api-key-created">
      <h3 id="api-key-created">${apiKeyStrings.created(made.name)}</h3>
      <p class="muted">${apiKeyStrings.copyNow}</p>
      ${this.#copyable("key", made.key, apiKeyStrings.copyKey)}
      <p class="api-key-example">${apiKeyStrings.example}</p>
      ${this.#copyable("line", curlExample(this.#api, made), apiKeyStrings.copyCommand)}
      <div class="dialog-actions">
        <button class="button primary" type="button" @click=${this.#done}>${apiKeyStrings.done}</button>
      </div>
    </section>`;
  }

  #copyable(which: "key" | "line", text: string, label: string): TemplateResult {
    const copied = this.copied === which;
    return html`<div class="copyable">
      <code>${text}</code>
      <button class="button" type="button" data-copy=${which} aria-label=${label} @click=${() => void this.#copy(which, text)}>
        ${copied ? icons.check : icons.copy}${copied ? apiKeyStrings.copied : apiKeyStrings.copy}
      </button>
    </div>`;
  }

  #key(key: ApiKey): TemplateResult {
    const { name, can, created_at: made, last_used: used } = key;
    const rights = can.map((right) => apiKeyStrings.rights[right][0]).join(", ");
    const moments = [
      apiKeyStrings.createdOn(formatDate(Date.parse(made))),
      used === null ? apiKeyStrings.neverUsed : apiKeyStrings.lastUsed(formatDateTime(Date.parse(used), "local")),
    ];
    const asked = this.#keys.toRevoke?.key_id === key.key_id;
    return html`<li class="api-key" data-key=${key.key_id}>
      <div class="api-key-details">
        <h3>${name}</h3>
        <p>${rights}</p>
        <p class="muted">${moments.map((moment) => html`<span>${moment}</span>`)}</p>
      </div>
      ${asked
        ? this.#revokePrompt(name)
        : html`<button class="button" type="button" aria-label=${apiKeyStrings.revokeNamed(name)} @click=${() => void this.#openRevokePrompt(key)}>
            ${apiKeyStrings.revoke}
          </button>`}
    </li>`;
  }

  #revokePrompt(name: string): TemplateResult {
    const { error, revoking } = this.#keys;
    return html`<div class="api-key-prompt" role="group" aria-labelledby="api-key-prompt" @keydown=${this.#promptKeyPressed}>
      <p id="api-key-prompt">${apiKeyStrings.revokePrompt}</p>
      ${error === null ? nothing : html`<p class="hint" role="alert">${explain(error)}</p>`}
      <div class="api-key-prompt-actions">
        <button class="button quiet" type="button" data-action="cancel" @click=${() => void this.#closeRevokePrompt()}>${strings.cancel}</button>
        <button
          class="button danger"
          type="button"
          aria-disabled=${revoking ? "true" : "false"}
          @click=${() => void this.#revoke(name)}
        >
          ${apiKeyStrings.revokeKey}
        </button>
      </div>
    </div>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #retry = (): void => {
    void this.#keys.load();
    void this.#focus("#api-keys-title");
  };

  #online = (): void => {
    if (this.#keys.status === "failed") void this.#keys.load();
  };

  #openForm = (): void => {
    this.formOpen = true;
    void this.#focus("[name=name]");
  };

  #closeForm = (): void => {
    this.formOpen = false;
    this.invalidField = null;
    void this.#focus(".api-key-new");
  };

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const name = (said.get("name") as string).trim();
    const can = said.getAll("can") as Permission[];
    this.invalidField = name === "" ? "name" : can.length === 0 ? "can" : null;
    this.copied = null;
    if (this.invalidField !== null) await this.#focus(`[name=${this.invalidField}]`);
    else if (await this.#keys.create(name, can)) await this.#focus('[data-copy="key"]');
  };

  #done = (): void => {
    this.#keys.dismissCreated();
    this.formOpen = false;
    void this.#focus(".api-key-new");
  };

  async #copy(which: "key" | "line", text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = which;
      this.announcement = apiKeyStrings.copied;
    } catch {
      // Where a browser does not let pages write there, the person can: what is to be copied is selected.
      const code = this.querySelector(`[data-copy="${which}"]`)?.previousElementSibling;
      if (code instanceof HTMLElement) getSelection()?.selectAllChildren(code);
      this.announcement = apiKeyStrings.copyFailed;
    }
  }

  async #openRevokePrompt(key: ApiKey): Promise<void> {
    this.#keys.askToRevoke(key);
    await this.#focus('[data-action="cancel"]');
  }

  async #closeRevokePrompt(): Promise<void> {
    const id = this.#keys.toRevoke?.key_id ?? "";
    this.#keys.cancelRevoke();
    await this.#focus(`[data-key="${id}"] button`);
  }

  async #revoke(name: string): Promise<void> {
    if (!(await this.#keys.revoke())) return;
    this.announcement = apiKeyStrings.revoked(name);
    await this.#focus("#api-keys-title");
  }

  #promptKeyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    void this.#closeRevokePrompt();
  };

  /** Escape: a key that was not copied yet would be lost for ever, so it takes a word more. */
  #escapePressed = (event: Event): void => {
    if (this.#keys.created === null || this.copied !== null) return;
    event.preventDefault();
    this.announcement = apiKeyStrings.copyNow;
    void this.#focus('[data-copy="key"]');
  };

  #closeClicked = (): void => {
    this.close();
  };

  #dialogClosed = (): void => {
    this.remove();
    this.#closed();
  };
}
