/**
 * The toast that reports the last action and can undo it.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/toast-message.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import type { Toaster } from "../state/toaster.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Failures listed one by one. */
const MAX_FAILURES = 3;

export class ToastMessage extends PageElement {
  readonly #toaster: Toaster;

  constructor(toaster: Toaster) {
    super();
    this.#toaster = toaster;
    // Not `pointerenter`: a toast may appear below a pointer that rests, as after a click on the selection bar.
    for (const name of ["pointermove", "focusin"]) {
      this.addEventListener(name, () => {
        toaster.pause();
      });
    }
    for (const name of ["pointerleave", "focusout"]) {
      this.addEventListener(name, () => {
        toaster.resume();
      });
    }
  }

  protected override get watched(): readonly Observable[] {
    return [this.#toaster];
  }

  protected override render(): TemplateResult {
    const { toast } = this.#toaster;
    return html`<div role="status" aria-label=${selectionStrings.lastAction}>
      ${
        toast === null
          ? nothing
          : html`<div class="toast">
            <div class="toast-text">
              <p>${toast.message}</p>
              ${toast.errors.slice(0, MAX_FAILURES).map((trouble) => html`<p class="failure">${trouble}</p>`)}
              ${
                toast.errors.length > MAX_FAILURES
                  ? html`<p class="failure">${selectionStrings.moreFailures(toast.errors.length - MAX_FAILURES)}</p>`
                  : nothing
              }
            </div>
            ${
              toast.undo === null
                ? nothing
                : html`<button class="button" type="button" aria-keyshortcuts="Control+Z" @click=${this.#undo}>${selectionStrings.undo}</button>`
            }
            <button class="icon-button" type="button" aria-label=${strings.dismiss} @click=${this.#dismiss}>${icons.close}</button>
          </div>`
      }
    </div>`;
  }

  #undo = (): void => {
    this.#toaster.undo();
  };

  #dismiss = (): void => {
    this.#toaster.dismiss();
  };
}
