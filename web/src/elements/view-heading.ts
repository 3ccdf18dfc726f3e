/**
 * What is being looked at: its name, of which days, and whose photos.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings, tagInWords } from "../i18n/common.ts";
import { hasDates, isOneTag, type Scope, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class ViewHeading extends PageElement {
  static override properties = {
    view: { attribute: false },
    signedIn: { attribute: false },
    choosing: { state: true },
  };
  /** Null until it is known who is looking. */
  declare view: View | null;
  declare signedIn: boolean;
  /** Whether days are being chosen. */
  declare choosing: boolean;

  constructor() {
    super();
    this.view = null;
    this.signedIn = false;
    this.choosing = false;
  }

  protected override render(): TemplateResult {
    const view = this.view;
    if (view === null) return html`<div class="heading"><h1>&nbsp;</h1></div>`;
    const aside = view.state !== "ready";
    return html`
      <div class="heading">
        <h1>${viewInWords(view, this.signedIn)}</h1>
        <div class="heading-actions">
          ${this.signedIn && view.scope === "mine" && view.tags.length > 0 ? this.#takeaway() : nothing}
          ${isOneTag(view) ? this.#surprise() : nothing}
          ${aside ? nothing : this.#dates()} ${this.signedIn ? this.#scopes(view) : nothing}
        </div>
      </div>
      ${aside ? html`<p class="lead soft">${view.state === "trashed" ? strings.trashHint : strings.attentionHint}</p>` : nothing}
      ${this.choosing && !aside ? this.#days(view) : nothing}
    `;
  }

  #takeaway(): TemplateResult {
    return html`<button class="button takeaway-button" type="button" title=${strings.takeAway} @click=${this.#take}>
      ${icons.download}<span class="wide-only">${strings.takeAway}</span>
    </button>`;
  }

  #surprise(): TemplateResult {
    return html`<button class="button surprise" type="button" title=${strings.surpriseHint} @click=${this.#draw}>
      ${icons.dice}<span class="wide-only">${strings.surprise}</span>
    </button>`;
  }

  #dates(): TemplateResult {
    return html`<button
      class="button dates-button"
      type="button"
      aria-expanded=${this.choosing ? "true" : "false"}
      @click=${this.#choose}
    >
      ${icons.calendar}<span class="wide-only">${strings.dates}</span>
    </button>`;
  }

  #days(view: View): TemplateResult {
    const field = (name: "from" | "to", label: string) => html`<label class="field">
      <span>${label}</span>
      <input type="date" name=${name} min="0001-01-01" max="9999-12-31" .value=${view[name] ?? ""} />
    </label>`;
    return html`<form class="days" @submit=${this.#show} @keydown=${this.#key}>
      ${field("from", strings.datesFrom)}${field("to", strings.datesTo)}
      <button class="button primary" type="submit">${strings.showDates}</button>
      <p class="hint">${view.tags.length > 0 ? strings.datesOrTags : strings.datesHint}</p>
    </form>`;
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

  #take = (): void => {
    this.emit("takeaway", null);
  };

  #draw = (): void => {
    this.emit("surprise", null);
  };

  #choose = (): void => {
    this.choosing = !this.choosing;
    if (this.choosing) void this.updateComplete.then(() => this.querySelector("input")?.focus());
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.#close();
  };

  #show = (event: SubmitEvent): void => {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const day = (name: string) => (said.get(name) as string) || null;
    const days = { from: day("from"), to: day("to") };
    this.#close();
    if (this.view !== null && (hasDates(this.view) || days.from !== null || days.to !== null)) this.emit("dates", days);
  };

  #close(): void {
    this.choosing = false;
    this.querySelector<HTMLElement>(".dates-button")?.focus();
  }
}

/** A view's name, as heading and title of the page. */
export function viewInWords({ scope, tags, match, without, state }: View, signedIn: boolean): string {
  if (state === "trashed") return strings.trash;
  if (state === "rejected") return strings.needAttention;
  if (tags.length === 0) return signedIn && scope === "mine" ? strings.myPhotos : strings.publicGallery;
  const found = (match === "all" ? strings.and : strings.or)(tags.map(tagInWords));
  return without.length === 0 ? found : strings.withWithout(found, strings.or(without.map(tagInWords)));
}
