/**
 * A list of shared links: what each lets guests do, how it has been used, and buttons to change and revoke it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { formatDateTime } from "../i18n/format.ts";
import { describeTerms, describeUse, describeWrongPasswords, nameShare, shareStrings, titleShare } from "../i18n/sharing.ts";
import type { Share } from "../state/shares.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";

export interface ShareListHandlers {
  /** Whether each link says what it is for. */
  readonly titled: boolean;
  readonly change: (share: Share) => void;
  readonly revoke: (share: Share) => void;
  /** The form or the prompt of a link; null if neither is open. */
  readonly opened: (share: Share) => TemplateResult | null;
}

export function renderShareList(shares: readonly Share[], handlers: ShareListHandlers): TemplateResult {
  return html`<ul class="share-list" role="list">
    ${keyedList(
      shares,
      ({ share_id }) => share_id,
      (share) => renderShare(share, handlers),
    )}
  </ul>`;
}

function renderShare(share: Share, { titled, change, revoke, opened }: ShareListHandlers): TemplateResult {
  const { heading, label } = nameShare(share, titled);
  const wrong = describeWrongPasswords(share.wrong_passwords, share.last_wrong_password_at, systemClock.now());
  const facts = [
    ...(titled && share.name !== "" ? [titleShare(share)] : []),
    ...(titled || share.name !== "" ? [shareStrings.createdAt(formatDateTime(Date.parse(share.created_at)))] : []),
    ...describeUse(share),
  ];
  const content = opened(share);
  return html`<li class="share" data-share=${share.share_id}>
    <div class="share-details">
      <h3>${heading}${share.state === "expired" ? html` <span class="share-expired">${shareStrings.expired}</span>` : nothing}</h3>
      <p class="share-facts">${dotted(describeTerms(share))}</p>
      ${facts.length === 0 ? nothing : html`<p class="share-facts muted">${dotted(facts)}</p>`}
      ${wrong === null ? nothing : html`<p class="share-wrong">${icons.warning}<span>${wrong}</span></p>`}
    </div>
    ${
      content ??
      html`<div class="share-buttons">
        <button class="button quiet" type="button" data-action="change" aria-label=${shareStrings.changeNamed(label)} @click=${() => {
          change(share);
        }}>${shareStrings.change}</button>
        <button class="button" type="button" data-action="revoke" aria-label=${shareStrings.revokeNamed(label)} @click=${() => {
          revoke(share);
        }}>${shareStrings.revoke}</button>
      </div>`
    }
  </li>`;
}

function dotted(parts: readonly string[]): readonly TemplateResult[] {
  return parts.map((part) => html`<span>${part}</span>`);
}
