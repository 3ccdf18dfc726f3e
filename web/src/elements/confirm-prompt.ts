/**
 * The prompt in a list's row that asks to confirm what can't be undone. Escape cancels it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { explain, strings } from "../i18n/common.ts";

export interface ConfirmPrompt {
  readonly id: string;
  readonly text: string;
  /** The label of the button that confirms. */
  readonly action: string;
  /** The label of the button that cancels; "Cancel" if it is missing. */
  readonly cancelLabel?: string;
  /** Why the action failed, or null. */
  readonly error: unknown;
  /** Whether the action is in progress. */
  readonly busy: boolean;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

/** The button to focus when a prompt opens. */
export const CANCEL_BUTTON = '[data-action="cancel"]';

export function renderConfirmPrompt({
  id,
  text,
  action,
  cancelLabel = strings.cancel,
  error,
  busy,
  confirm,
  cancel,
}: ConfirmPrompt): TemplateResult {
  const keyPressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    cancel();
  };
  return html`<div class="confirm-prompt" role="group" aria-labelledby=${id} @keydown=${keyPressed}>
    <p id=${id}>${text}</p>
    ${error === null ? nothing : html`<p class="hint" role="alert">${explain(error)}</p>`}
    <div class="confirm-prompt-actions">
      <button class="button quiet" type="button" data-action="cancel" @click=${cancel}>${cancelLabel}</button>
      <button class="button danger" type="button" aria-disabled=${busy ? "true" : "false"} @click=${confirm}>${action}</button>
    </div>
  </div>`;
}
