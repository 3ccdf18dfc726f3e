/**
 * A dialog that asks to confirm an action, which it performs. Loaded when it is first opened.
 */
import { html, nothing, type TemplateResult } from "lit";

import { explain, strings } from "../i18n/common.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

export interface Confirmation {
  readonly question: string;
  readonly hint: string;
  /** The label of the button that confirms. */
  readonly action: string;
  /** The label of the button that closes the dialog; "Cancel" if it is missing. */
  readonly cancel?: string;
  /** Performs the action; the dialog shows the error that it throws, and stays open. */
  readonly confirm: () => Promise<void>;
}

/** Opens the dialog, in an element that has the focus trap if there is one. */
export function openConfirmDialog(confirmation: Confirmation, parent?: Element): void {
  defineOnce("tintype-confirm-dialog", ConfirmDialog);
  openDialog(new ConfirmDialog(confirmation), parent);
}

class ConfirmDialog extends ModalDialog {
  static override properties = { busy: { state: true }, error: { state: true } };
  declare busy: boolean;
  declare error: unknown;
  readonly #confirmation: Confirmation;

  constructor(confirmation: Confirmation) {
    super([], () => undefined);
    this.#confirmation = confirmation;
    this.busy = false;
    this.error = null;
  }

  protected override render(): TemplateResult {
    const { question, hint, action, cancel = strings.cancel } = this.#confirmation;
    return this.renderDialog({
      name: "confirm-dialog",
      title: question,
      closeLabel: cancel,
      content: html`<p>${hint}</p>
        ${this.error === null ? nothing : html`<p class="hint" role="alert">${explain(this.error)}</p>`}
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#cancel}>${cancel}</button>
          <button class="button danger" type="button" aria-disabled=${this.busy ? "true" : "false"} @click=${this.#confirm}>${action}</button>
        </div>`,
    });
  }

  #cancel = (): void => {
    this.close();
  };

  #confirm = async (): Promise<void> => {
    if (this.busy) return;
    Object.assign(this, { busy: true, error: null });
    try {
      await this.#confirmation.confirm();
      this.close();
    } catch (error) {
      Object.assign(this, { busy: false, error });
    }
  };
}
