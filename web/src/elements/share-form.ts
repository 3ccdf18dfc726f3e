/**
 * The form of a shared link: what its guests may do, until when, and its password.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatDateTime } from "../i18n/format.ts";
import { shareStrings } from "../i18n/sharing.ts";
import { EXPIRIES, type Expiry, type InvalidField, MIN_PASSWORD_LENGTH, type ShareFields } from "../state/share-form.ts";
import type { DownloadRight, Share, ShareSubject } from "../state/shares.ts";
import { icons } from "./icons.ts";

const MAX_NAME_LENGTH = 100;
const MAX_TITLE_LENGTH = 200;
const DOWNLOADS = ["none", "resized", "original"] as const;

export interface ShareFormState {
  /** The link to change; null to create one. */
  readonly share: Share | null;
  readonly subject: ShareSubject["kind"];
  /** The suggested title of a new link to photos. */
  readonly title: string;
  /** What the fields hold now, as far as the form depends on it. */
  readonly chosen: Pick<ShareFields, "download" | "add" | "expiry">;
  /** The field that is invalid, and why. */
  readonly invalid: { readonly field: InvalidField; readonly text: string } | null;
  /** Why the link was not created or changed. */
  readonly error: string | null;
  readonly busy: boolean;
}

export interface ShareFormHandlers {
  readonly changed: (event: Event) => void;
  readonly submit: (event: SubmitEvent) => void;
  /** Closes the form; null if it cannot be closed. */
  readonly cancel: (() => void) | null;
}

/** What the form of a link begins with. */
export function initialChoice(share: Share | null): ShareFormState["chosen"] {
  if (share === null) return { download: "resized", add: false, expiry: "never" };
  return { download: share.download, add: share.add, expiry: share.expires_at === null ? "never" : "keep" };
}

export function renderShareForm(state: ShareFormState, { changed, submit, cancel }: ShareFormHandlers): TemplateResult {
  const { share, subject, chosen, error, busy, title } = state;
  return html`<form class="share-form" novalidate @submit=${submit} @change=${changed}>
    ${
      subject === "photos" && share === null
        ? html`<label class="field">
          <span>${shareStrings.title}</span>
          <input name="title" autocomplete="off" maxlength=${MAX_TITLE_LENGTH} placeholder=${shareStrings.titlePlaceholder} .value=${title} />
        </label>`
        : nothing
    }
    <fieldset>
      <legend>${shareStrings.rights}</legend>
      ${DOWNLOADS.map((download) => downloadCard(download, chosen.download === download))}
    </fieldset>
    ${chosen.download === "original" ? html`<p class="share-warning" role="status">${icons.warning}<span>${shareStrings.originalsWarning}</span></p>` : nothing}
    ${subject === "album" ? guestCards(share, chosen.add) : nothing}
    <div class="share-fields">
      ${expiryFields(state)} ${passwordFields(state)}
      <label class="field">
        <span>${shareStrings.name}</span>
        <input name="name" autocomplete="off" maxlength=${MAX_NAME_LENGTH} placeholder=${shareStrings.namePlaceholder} .value=${share?.name ?? ""} />
      </label>
    </div>
    <p class="hint share-error" role=${error === null ? nothing : "alert"}>${error}</p>
    <div class="dialog-actions">
      ${cancel === null ? nothing : html`<button class="button quiet" type="button" @click=${cancel}>${strings.cancel}</button>`}
      <button class="button primary" aria-disabled=${busy ? "true" : "false"}>
        ${share === null ? html`${icons.link}${shareStrings.create}` : shareStrings.save}
      </button>
    </div>
  </form>`;
}

/** Reads the fields of the form, and the title of a new link to photos. */
export function readShareForm(form: HTMLFormElement): ShareFields & { readonly title: string } {
  const data = new FormData(form);
  const text = (name: string) => (data.get(name) as string | null) ?? "";
  return {
    title: text("title").trim(),
    name: text("name"),
    download: text("download") as DownloadRight,
    add: data.has("add"),
    review: data.has("review"),
    expiry: text("expiry") as Expiry,
    date: text("date"),
    password: text("password"),
    removePassword: data.has("remove-password"),
  };
}

function downloadCard(download: DownloadRight, checked: boolean): TemplateResult {
  const [label, hint] = shareStrings.downloads[download];
  return html`<label class="option-card">
    <input type="radio" name="download" value=${download} .checked=${checked} />
    <span><b>${label}</b><small>${hint}</small></span>
  </label>`;
}

function guestCards(share: Share | null, add: boolean): TemplateResult {
  return html`<div class="share-guests">
    ${checkCard("add", shareStrings.add, shareStrings.addHint, add)}
    ${add ? checkCard("review", shareStrings.review, shareStrings.reviewHint, share?.review ?? false) : nothing}
  </div>`;
}

function checkCard(name: string, label: string, hint: string, checked: boolean): TemplateResult {
  return html`<label class="option-card">
    <input type="checkbox" name=${name} ?checked=${checked} />
    <span class="checkmark">${icons.check}</span>
    <span><b>${label}</b><small>${hint}</small></span>
  </label>`;
}

function expiryFields({ share, chosen, invalid }: ShareFormState): TemplateResult {
  const ends = share?.expires_at ?? null;
  const options = EXPIRIES.filter((expiry) => expiry !== "keep" || ends !== null);
  const label = (expiry: Expiry) =>
    expiry === "keep" ? shareStrings.keepExpiry(formatDateTime(Date.parse(ends ?? ""))) : shareStrings.expiries[expiry];
  return html`<label class="field">
      <span>${shareStrings.expiry}</span>
      <select name="expiry">
        ${options.map((expiry) => html`<option value=${expiry} ?selected=${expiry === chosen.expiry}>${label(expiry)}</option>`)}
      </select>
    </label>
    ${
      chosen.expiry === "date"
        ? html`<label class="field">
          <span>${shareStrings.date}</span>
          <input type="date" name="date" aria-invalid=${invalid?.field === "date" ? "true" : "false"} aria-describedby="share-date-error" />
          <small class="hint" id="share-date-error" role="alert">${invalid?.field === "date" ? invalid.text : nothing}</small>
        </label>`
        : nothing
    }`;
}

function passwordFields({ share, invalid }: ShareFormState): TemplateResult {
  const error = invalid?.field === "password" ? invalid.text : null;
  const has = share?.has_password === true;
  return html`<label class="field">
      <span>${has ? shareStrings.newPassword : shareStrings.password}</span>
      <input
        name="password"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        minlength=${MIN_PASSWORD_LENGTH}
        placeholder=${has ? shareStrings.newPasswordPlaceholder : shareStrings.passwordPlaceholder}
        aria-invalid=${error === null ? "false" : "true"}
        aria-describedby="share-password-hint"
      />
      <small class="hint" id="share-password-hint" role=${error === null ? nothing : "alert"}>
        ${error ?? (has ? shareStrings.passwordChangeHint : shareStrings.passwordHint)}
      </small>
    </label>
    ${
      has
        ? html`<label class="option-card">
          <input type="checkbox" name="remove-password" />
          <span class="checkmark">${icons.check}</span>
          <span><b>${shareStrings.removePassword}</b></span>
        </label>`
        : nothing
    }`;
}
