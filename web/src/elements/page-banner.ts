/**
 * The banner above the photos: the browser is offline, the session has ended, or something went wrong.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class PageBanner extends PageElement {
  static override properties = { offline: { attribute: false }, expired: { attribute: false }, message: { attribute: false } };
  declare offline: boolean;
  /** Where the user signs in again after the session has ended: in another tab, so that this page stays as it is; null if it has not. */
  declare expired: "other-tab" | "this-tab" | null;
  declare message: string | null;

  constructor() {
    super();
    this.offline = false;
    this.expired = null;
    this.message = null;
  }

  protected override render(): TemplateResult {
    return html`<div role="status">
      ${this.offline ? html`<p class="banner">${icons.offline}<span>${strings.offline}</span></p>` : nothing}
      ${this.expired === null ? nothing : this.#expired(this.expired)}
      ${
        this.message === null || (this.expired !== null && this.message === strings.signedOut)
          ? nothing
          : html`<p class="banner">
            ${icons.warning}<span>${this.message}</span>
            <button class="icon-button" type="button" aria-label=${strings.dismiss} @click=${this.#dismiss}>
              ${icons.close}
            </button>
          </p>`
      }
    </div>`;
  }

  #expired(where: "other-tab" | "this-tab"): TemplateResult {
    return html`<p class="banner">
      ${icons.warning}<span>${strings.signedOut}</span>
      ${
        where === "other-tab"
          ? html`<a class="button" href="#sign-in" target="_blank">${strings.signInAgain}</a>`
          : html`<button class="button" type="button" @click=${this.#signIn}>${strings.signInAgain}</button>`
      }
    </p>`;
  }

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #dismiss = (): void => {
    this.emit("dismiss-banner", null);
  };
}
