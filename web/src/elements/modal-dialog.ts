/**
 * The life cycle that the modal dialogs share: opened when added to the page, removed from it when closed.
 */
import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import type { Observable } from "../core/observable.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export interface DialogParts {
  /** The class of the dialog; its title has the id `{name}-title`. */
  readonly name: string;
  readonly title: string;
  readonly closeLabel: string;
  readonly content: unknown;
  /** Called when Escape is pressed; the default can be prevented. */
  readonly onCancel?: (event: Event) => void;
}

export abstract class ModalDialog extends PageElement {
  readonly #watched: readonly Observable[];
  readonly #onClose: () => void;

  /** Renders again whenever something `watched` changes; calls `onClose` after it was closed, by the user or the page. */
  constructor(watched: readonly Observable[], onClose: () => void) {
    super();
    this.#watched = watched;
    this.#onClose = onClose;
  }

  protected override get watched(): readonly Observable[] {
    return this.#watched;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.#online);
  }

  override disconnectedCallback(): void {
    removeEventListener("online", this.#online);
    super.disconnectedCallback();
  }

  close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
    this.load();
  }

  /** Loads what the dialog shows, once it is open. */
  protected load(): void {
    // By default there is nothing to load.
  }

  /** Loads again what failed while the browser was offline. */
  protected reload(): void {
    // By default there is nothing to load.
  }

  protected renderDialog({ name, title, closeLabel, content, onCancel }: DialogParts): TemplateResult {
    return html`<dialog class="dialog ${name}" aria-labelledby="${name}-title" @cancel=${onCancel ?? nothing} @close=${this.#closed}>
      <div class="dialog-content">
        <div class="dialog-head">
          <h2 id="${name}-title" tabindex="-1" autofocus>${title}</h2>
          <button class="icon-button" type="button" aria-label=${closeLabel} @click=${this.#closeClicked}>${icons.close}</button>
        </div>
        ${content}
      </div>
    </dialog>`;
  }

  /** Renders why loading failed, and a button to try again. */
  protected renderLoadError(error: unknown, retry = this.#retry): TemplateResult {
    return html`<p class="hint" role="alert">${explainLoadError(error, browserNetwork)}</p>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${retry}>${icons.retry}${strings.tryAgain}</button>
      </div>`;
  }

  /** Focuses an element of the dialog once it is rendered. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #online = (): void => {
    this.reload();
  };

  #retry = (): void => {
    this.load();
    void this.focusOn(".dialog-head h2");
  };

  #closeClicked = (): void => {
    this.close();
  };

  #closed = (): void => {
    this.remove();
    this.#onClose();
  };
}

/** Adds a dialog to the page, or to the element that has the focus trap, which shows it. */
export function openDialog<Dialog extends ModalDialog>(dialog: Dialog, parent: Element = document.body): Dialog {
  parent.append(dialog);
  return dialog;
}
