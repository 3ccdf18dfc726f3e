/**
 * The dialog for visitors who open the link of a photo that only its owner may see. Loaded when it is first opened.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Opens the dialog; `demo` adds where a library on this computer shows its sign-in. */
export function openPrivatePhotoDialog(demo: boolean, onClosed: () => void): void {
  defineOnce("tintype-private-photo-dialog", PrivatePhotoDialog);
  openDialog(new PrivatePhotoDialog(demo, onClosed));
}

class PrivatePhotoDialog extends ModalDialog {
  readonly #demo: boolean;

  constructor(demo: boolean, onClosed: () => void) {
    super([], onClosed);
    this.#demo = demo;
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "private-photo-dialog",
      title: viewerStrings.privatePhoto,
      closeLabel: strings.cancel,
      content: html`<p>${viewerStrings.privatePhotoHint}</p>
        ${this.#demo ? html`<p class="hint">${strings.demoHint}</p>` : nothing}
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#dismiss}>${viewerStrings.seePublicPhotos}</button>
          <button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>
        </div>`,
    });
  }

  #dismiss = (): void => {
    this.close();
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };
}
