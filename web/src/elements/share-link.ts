/**
 * A shared link that was just created: to copy, to hand to another app, and to scan. It is displayed once.
 */
import { html, nothing, type TemplateResult } from "lit";

import { shareStrings } from "../i18n/sharing.ts";
import { icons } from "./icons.ts";

export interface ShareLinkState {
  readonly url: string;
  readonly title: string;
  readonly copied: boolean;
  /** The QR code, once the module that draws it has loaded. */
  readonly qrCode: TemplateResult | null;
  readonly copy: () => void;
  /** Hands the link to another app; null if the browser can't. */
  readonly shareVia: (() => void) | null;
  readonly done: () => void;
}

export function renderShareLink({ url, copied, qrCode, copy, shareVia, done }: ShareLinkState): TemplateResult {
  return html`<section class="share-link" aria-labelledby="share-link-title">
    <h3 id="share-link-title">${shareStrings.created}</h3>
    <p class="muted">${shareStrings.copyNow}</p>
    <div class="copyable">
      <code>${url}</code>
      <button class="button" type="button" data-copy="link" aria-label=${shareStrings.copyLink} @click=${copy}>
        ${copied ? icons.check : icons.copy}${copied ? shareStrings.copied : shareStrings.copy}
      </button>
    </div>
    <div class="share-qr-code">${qrCode}</div>
    <div class="dialog-actions">
      ${shareVia === null ? nothing : html`<button class="button" type="button" @click=${shareVia}>${icons.share}${shareStrings.shareVia}</button>`}
      <button class="button primary" type="button" @click=${done}>${shareStrings.done}</button>
    </div>
  </section>`;
}
