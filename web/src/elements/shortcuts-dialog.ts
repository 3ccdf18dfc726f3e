/**
 * The dialog that lists the keyboard shortcuts and turns single-key ones on or off. Loaded when it is first opened.
 */
import "../styles/about-dialog.css";

import { html, type TemplateResult } from "lit";

import { deviceStorage } from "../core/browser-storage.ts";
import { setSingleKeysEnabled, singleKeysEnabled } from "../core/character-keys.ts";
import { shortcutStrings } from "../i18n/about.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Opens the dialog unless it is open. */
export function openShortcutsDialog(): void {
  defineOnce("tintype-shortcuts-dialog", ShortcutsDialog);
  if (document.querySelector("tintype-shortcuts-dialog") === null) openDialog(new ShortcutsDialog([], () => undefined));
}

class ShortcutsDialog extends ModalDialog {
  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "shortcuts-dialog",
      title: shortcutStrings.title,
      closeLabel: shortcutStrings.close,
      content: html`<dl class="shortcuts">
          ${shortcutStrings.keys.map(([key, action]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${action}</dd></div>`)}
        </dl>
        <label class="shortcuts-switch">
          <input type="checkbox" .checked=${singleKeysEnabled(deviceStorage)} @change=${this.#toggled} />
          <span>${shortcutStrings.singleKeys}<small>${shortcutStrings.singleKeysHint}</small></span>
        </label>`,
    });
  }

  #toggled = (event: Event): void => {
    setSingleKeysEnabled(deviceStorage, (event.target as HTMLInputElement).checked);
  };
}
