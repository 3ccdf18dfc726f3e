/**
 * The banner above the photos: the browser is offline, or something went wrong.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class PageBanner extends PageElement {
  static override properties = { offline: { attribute: false }, message: { attribute: false } };
  declare offline: boolean;
  declare message: string | null;

  constructor() {
    super();
    this.offline = false;
    this.message = null;
  }

  protected override render(): TemplateResult {
    return html`<div role="status">
      ${this.offline ? html`<p class="banner">${icons.offline}<span>${strings.offline}</span></p>` : nothing}
      ${
        this.message === null
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

  #dismiss = (): void => {
    this.emit("dismiss-banner", null);
  };
}
