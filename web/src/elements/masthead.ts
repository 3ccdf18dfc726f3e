/**
 * The top of the page: its name, the search, adding photos, and who is signed in.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import type { SessionStatus } from "../session.ts";
import { strings } from "../strings.ts";
import { PageElement } from "./element.ts";
import { icons, logo } from "./icons.ts";

export class Masthead extends PageElement {
  static override properties = {
    status: { attribute: false },
    name: { attribute: false },
    tag: { attribute: false },
  };
  declare status: SessionStatus;
  declare name: string | null;
  declare tag: string | null;

  constructor() {
    super();
    this.status = "starting";
    this.name = null;
    this.tag = null;
  }

  protected override render(): TemplateResult {
    return html`
      <a class="brand" href="./" @click=${this.#home}>${logo}<span>${strings.name}</span></a>
      <form class="search" role="search" @submit=${this.#search}>
        <label class="unseen" for="search">${strings.search}</label>
        ${icons.search}
        <input
          id="search"
          name="tag"
          type="search"
          maxlength="64"
          autocomplete="off"
          autocapitalize="none"
          enterkeyhint="search"
          placeholder=${strings.search}
          .value=${live(this.tag ?? "")}
          @search=${this.#cleared}
        />
      </form>
      <div class="masthead-actions">
        <button class="button primary add" type="button" @click=${this.#add}>
          ${icons.add}<span class="wide-only">${strings.add}</span>
        </button>
        ${this.#account()}
      </div>
    `;
  }

  #account(): TemplateResult | typeof nothing {
    if (this.status === "starting") return nothing;
    if (this.status === "signed-out") {
      return html`<button class="button" type="button" @click=${this.#signIn}>${strings.signIn}</button>`;
    }
    const name = this.name ?? strings.someone;
    return html`
      <button class="avatar" type="button" popovertarget="account" aria-label=${strings.account(name)}>
        <span aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>
      </button>
      <div class="account" id="account" popover>
        <p>${name}</p>
        <button class="button quiet" type="button" @click=${this.#signOut}>${icons.out}${strings.signOut}</button>
      </div>
    `;
  }

  #home = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.emit("tag", null);
  };

  #search = (event: SubmitEvent): void => {
    event.preventDefault();
    const tag = (new FormData(event.target as HTMLFormElement).get("tag") as string).trim();
    this.emit("tag", tag === "" ? null : tag);
  };

  /** The field's own cross was pressed, where the browser has one. */
  #cleared = (event: Event): void => {
    if ((event.target as HTMLInputElement).value === "" && this.tag !== null) this.emit("tag", null);
  };

  #add = (): void => {
    this.emit("add", null);
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #signOut = (): void => {
    this.emit("sign-out", null);
  };
}
