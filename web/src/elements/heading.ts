/**
 * What is being looked at: its name, and whose photos.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings, tagInWords } from "../strings.ts";
import type { Scope, View } from "../view.ts";
import { PageElement } from "./element.ts";
import { icons } from "./icons.ts";

export class Heading extends PageElement {
  static override properties = { view: { attribute: false }, signedIn: { attribute: false } };
  /** Null until it is known who is looking. */
  declare view: View | null;
  declare signedIn: boolean;

  constructor() {
    super();
    this.view = null;
    this.signedIn = false;
  }

  protected override render(): TemplateResult {
    const view = this.view;
    if (view === null) return html`<div class="heading"><h1>&nbsp;</h1></div>`;
    return html`
      <div class="heading">
        <h1>${viewInWords(view, this.signedIn)}</h1>
        ${view.tag === null
          ? nothing
          : html`<button class="button quiet all" type="button" @click=${this.#all}>
              ${icons.close}<span class="wide-only">${strings.allPhotos}</span>
            </button>`}
        ${this.signedIn ? this.#scopes(view) : nothing}
      </div>
    `;
  }

  #scopes(view: View): TemplateResult {
    const choice = (scope: Scope, label: string) => html`
      <button
        type="button"
        aria-pressed=${view.scope === scope ? "true" : "false"}
        @click=${() => {
          this.emit("scope", scope);
        }}
      >
        ${label}
      </button>
    `;
    return html`<div class="segments" role="group" aria-label=${strings.scopeLabel}>
      ${choice("mine", strings.mine)}${choice("public", strings.public)}
    </div>`;
  }

  #all = (): void => {
    this.emit("tag", null);
  };
}

/** A view's name, as heading and title of the page. */
export function viewInWords({ scope, tag }: View, signedIn: boolean): string {
  if (tag !== null) return tagInWords(tag);
  return signedIn && scope === "mine" ? strings.myPhotos : strings.publicGallery;
}
