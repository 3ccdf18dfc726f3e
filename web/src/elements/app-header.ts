/**
 * The header: the name, the search field, the buttons to add photos, and the account menu.
 */
import { html, nothing, type TemplateResult } from "lit";

import type { SessionStatus } from "../auth/session.ts";
import type { Theme } from "../core/theme.ts";
import { strings } from "../i18n/common.ts";
import type { SuggestedNames } from "../state/suggestions.ts";
import { PHOTO_TYPES } from "../state/photo-types.ts";
import type { View } from "../state/view.ts";
import { icons, logo } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class AppHeader extends PageElement {
  static override properties = {
    status: { attribute: false },
    name: { attribute: false },
    sharedComputer: { attribute: false },
    theme: { attribute: false },
    view: { attribute: false },
    names: { attribute: false },
  };
  declare status: SessionStatus;
  declare name: string | null;
  /** Whether others use this computer. */
  declare sharedComputer: boolean;
  /** The user's choice; null is the system's theme. */
  declare theme: Theme | null;
  /** The current view, which the search adds to. */
  declare view: View | null;
  /** The names that the library suggests for the text in the search field. */
  declare names: SuggestedNames;

  constructor() {
    super();
    this.status = "starting";
    this.name = null;
    this.sharedComputer = false;
    this.theme = null;
    this.view = null;
    this.names = { text: "", rest: "", items: [] };
  }

  focusAccountButton(): void {
    this.querySelector<HTMLElement>(".avatar")?.focus();
  }

  /** Opens the browser's file picker. */
  openFilePicker(what: "files" | "folder"): void {
    this.querySelector<HTMLInputElement>(`#${what}`)?.click();
  }

  protected override render(): TemplateResult {
    return html`
      <a class="brand" href="./" @click=${this.#home}>${logo}<span>${strings.name}</span></a>
      <tintype-search-field .view=${this.view} .names=${this.names}></tintype-search-field>
      <div class="app-header-actions">
        <input class="visually-hidden" id="files" type="file" accept=${PHOTO_TYPES} multiple tabindex="-1" aria-hidden="true" @change=${this.#filesPicked} />
        <input class="visually-hidden" id="folder" type="file" webkitdirectory tabindex="-1" aria-hidden="true" @change=${this.#filesPicked} />
        <button class="icon-button add-folder" type="button" aria-label=${strings.addFolder} title=${strings.addFolder} @click=${this.#addFolder}>
          ${icons.folder}
        </button>
        <button class="button primary add" type="button" @click=${this.#add}>
          ${icons.add}<span class="wide-only">${strings.addPhotos}</span>
        </button>
        ${this.#account()}
      </div>
    `;
  }

  #account(): TemplateResult | typeof nothing {
    if (this.status === "starting") return nothing;
    if (this.status === "signed-out") {
      return html`
        <button class="button" type="button" @click=${this.#signIn}>${strings.signIn}</button>
        <button class="icon-button" type="button" popovertarget="account" aria-label=${strings.settings} title=${strings.settings}>
          ${icons.more}
        </button>
        <div class="account" id="account" popover>${this.#settings()}</div>
      `;
    }
    const name = this.name ?? strings.unnamedAccount;
    return html`
      <button class="avatar" type="button" popovertarget="account" aria-label=${strings.account(name)}>
        <span aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>
      </button>
      <div class="account" id="account" popover>
        <p>${name}</p>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#downloads}>${icons.download}${strings.downloadPhotos}</button>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#sharedLinks}>${icons.link}${strings.sharedLinks}</button>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#nearDuplicates}>${icons.copies}${strings.nearDuplicates}</button>
        <button class="button quiet" type="button" popovertarget="account" @click=${this.#trash}>
          ${icons.trash}${strings.trash}
        </button>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#apiKeys}>${icons.key}${strings.apiKeys}</button>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#labels}>${icons.tag}${strings.updateLabels}</button>
        <button class="button quiet" type="button" popovertarget="account" popovertargetaction="hide" @click=${this.#about}>${icons.info}${strings.about}</button>
        ${this.#settings()}
        <button class="button quiet" type="button" @click=${this.#signOut}>${icons.out}${strings.signOut}</button>
      </div>
    `;
  }

  #settings(): TemplateResult {
    return html`<div class="setting">
        <div class="segments" role="group" aria-label=${strings.appearance}>
          ${([null, "light", "dark"] as const).map(
            (theme) =>
              html`<button type="button" aria-pressed=${theme === this.theme ? "true" : "false"} @click=${() => {
                this.emit("set-theme", theme);
              }}>${strings.themes[theme ?? "system"]}</button>`,
          )}
        </div>
      </div>
      <label class="setting">
      <input type="checkbox" .checked=${this.sharedComputer} @change=${this.#setSharedComputer} />
      <span>${strings.sharedComputer}<small>${strings.sharedComputerHint}</small></span>
    </label>`;
  }

  #home = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.emit("show-all", null);
  };

  #add = (): void => {
    this.emit("choose-files", "files");
  };

  #addFolder = (): void => {
    this.emit("choose-files", "folder");
  };

  #filesPicked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length > 0) this.emit("add-files", files);
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #setSharedComputer = (event: Event): void => {
    this.emit("set-shared-computer", (event.target as HTMLInputElement).checked);
  };

  #downloads = (): void => {
    this.emit("open-bundles", null);
  };

  #sharedLinks = (): void => {
    this.emit("open-shared-links", null);
  };

  #nearDuplicates = (): void => {
    this.emit("open-near-duplicates", null);
  };

  #trash = (): void => {
    this.emit("show-trash", null);
  };

  #apiKeys = (): void => {
    this.emit("open-api-keys", null);
  };

  #labels = (): void => {
    this.emit("open-labels", null);
  };

  #about = (): void => {
    this.emit("open-about", null);
  };

  #signOut = (): void => {
    this.emit("sign-out", null);
  };
}
