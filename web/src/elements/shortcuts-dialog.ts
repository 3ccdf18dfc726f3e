/**
 * The keys that do something here, in a dialog, and the switch that turns the single ones off. Loaded when somebody
 * asks for them with `?`, or by the link that the keyboard finds above the page.
 */
import "../styles/about-dialog.css";

import { html, type TemplateResult } from "lit";

import { setSingleKeysEnabled, singleKeysEnabled } from "../core/character-keys.ts";
import { shortcutStrings } from "../i18n/about.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Shows the keys, once. */
export function openShortcutsDialog(): void {
  if (customElements.get("tintype-shortcuts-dialog") === undefined) customElements.define("tintype-shortcuts-dialog", ShortcutsDialog);
  if (document.querySelector("tintype-shortcuts-dialog") === null) document.body.append(new ShortcutsDialog());
}

class ShortcutsDialog extends PageElement {
  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="dialog about-dialog" aria-labelledby="shortcuts-title" @close=${this.#dialogClosed}>
      <div class="dialog-head">
        <h2 id="shortcuts-title" tabindex="-1" autofocus>${shortcutStrings.title}</h2>
        <button class="icon-button" type="button" aria-label=${shortcutStrings.close} @click=${this.#closeClicked}>${icons.close}</button>
      </div>
      <dl class="shortcuts">
        ${shortcutStrings.keys.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}
      </dl>
      <label class="shortcuts-switch">
        <input type="checkbox" .checked=${singleKeysEnabled(localStorage)} @change=${this.#toggled} />
        <span>${shortcutStrings.singleKeys}<small>${shortcutStrings.singleKeysHint}</small></span>
      </label>
    </dialog>`;
  }

  #toggled = (event: Event): void => {
    setSingleKeysEnabled(localStorage, (event.target as HTMLInputElement).checked);
  };

  #closeClicked = (): void => {
    this.querySelector("dialog")?.close();
  };

  #dialogClosed = (): void => {
    this.remove();
  };
}
