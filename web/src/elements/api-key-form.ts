/**
 * Creating an API key: the form for its name and permissions, and the new key to copy.
 */
import { html, nothing, type TemplateResult } from "lit";

import { apiKeyStrings } from "../i18n/api-keys.ts";
import { strings } from "../i18n/common.ts";
import { curlExample, exportCommand, type NewApiKey, type Permission, PERMISSIONS } from "../state/api-keys.ts";
import { icons } from "./icons.ts";

const MAX_NAME_LENGTH = 64;

/** The texts that can be copied: the key itself, and commands that use it. */
export type CopyTarget = "key" | "command" | "export";
/** A field of the form; they are named as in the API. */
export type KeyField = "name" | "can";

export interface KeyFormState {
  readonly invalidField: KeyField | null;
  readonly error: string | null;
  readonly creating: boolean;
  readonly submit: (event: SubmitEvent) => void;
  /** Closes the form; null if it cannot be closed. */
  readonly cancel: (() => void) | null;
}

export function renderKeyForm({ invalidField, error, creating, submit, cancel }: KeyFormState): TemplateResult {
  return html`<form class="api-key-form" novalidate @submit=${submit}>
    <label class="field">
      <span>${apiKeyStrings.name}</span>
      <input
        name="name"
        autocomplete="off"
        maxlength=${MAX_NAME_LENGTH}
        placeholder=${apiKeyStrings.namePlaceholder}
        aria-invalid=${invalidField === "name" ? "true" : "false"}
        aria-describedby="api-key-error"
      />
    </label>
    <fieldset aria-describedby="api-key-error">
      <legend>${apiKeyStrings.permissions}</legend>
      ${PERMISSIONS.map(renderPermission)}
    </fieldset>
    <p class="hint" id="api-key-error" role=${error === null ? nothing : "alert"}>${error}</p>
    <div class="dialog-actions">
      ${cancel === null ? nothing : html`<button class="button quiet" type="button" @click=${cancel}>${strings.cancel}</button>`}
      <button class="button primary" aria-disabled=${creating ? "true" : "false"}>${apiKeyStrings.create}</button>
    </div>
  </form>`;
}

/** Reads the fields of the submitted form. */
export function readKeyForm(form: HTMLFormElement): { readonly name: string; readonly can: Permission[] } {
  const data = new FormData(form);
  return { name: (data.get("name") as string).trim(), can: data.getAll("can") as Permission[] };
}

function renderPermission(permission: Permission): TemplateResult {
  const [label, hint] = apiKeyStrings.rights[permission];
  return html`<label class="option-card">
    <input type="checkbox" name="can" value=${permission} ?checked=${permission === "read"} />
    <span class="checkmark">${icons.check}</span>
    <span><b>${label}</b><small>${hint}</small></span>
  </label>`;
}

export interface NewKeyState {
  /** Base URL of the API. */
  readonly apiUrl: string;
  /** The text that was copied last. */
  readonly copied: CopyTarget | null;
  readonly copy: (target: CopyTarget, text: string) => void;
  readonly done: () => void;
}

export function renderNewKey(key: NewApiKey, { apiUrl, copied, copy, done }: NewKeyState): TemplateResult {
  const copyable = (target: CopyTarget, text: string, label: string) => html`<div class="copyable">
    <code>${text}</code>
    <button
      class="button"
      type="button"
      data-copy=${target}
      aria-label=${label}
      @click=${() => {
        copy(target, text);
      }}
    >
      ${copied === target ? icons.check : icons.copy}${copied === target ? apiKeyStrings.copied : apiKeyStrings.copy}
    </button>
  </div>`;
  const command = exportCommand(apiUrl, key);
  return html`<section class="api-key-created" aria-labelledby="api-key-created">
    <h3 id="api-key-created">${apiKeyStrings.created(key.name)}</h3>
    <p class="muted">${apiKeyStrings.copyNow}</p>
    ${copyable("key", key.key, apiKeyStrings.copyKey)}
    <p class="api-key-example">${apiKeyStrings.example}</p>
    ${copyable("command", curlExample(apiUrl, key), apiKeyStrings.copyCommand)}
    ${
      command === null
        ? nothing
        : html`<p class="api-key-example">${apiKeyStrings.exportExample}</p>
            ${copyable("export", command, apiKeyStrings.copyExport)}
            <p class="muted">${apiKeyStrings.exportHint}</p>`
    }
    <div class="dialog-actions">
      <button class="button primary" type="button" @click=${done}>${apiKeyStrings.done}</button>
    </div>
  </section>`;
}
