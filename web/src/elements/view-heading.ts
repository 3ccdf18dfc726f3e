/**
 * The heading of the view, with its actions: download, random photo, dates, and whose photos.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import { hasDates, isOneTag, type Scope, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class ViewHeading extends PageElement {
  static override properties = {
    view: { attribute: false },
    signedIn: { attribute: false },
    empty: { attribute: false },
    datesOpen: { state: true },
  };
  /** Null until the session is known. */
  declare view: View | null;
  declare signedIn: boolean;
  /** Whether the view is known to have no photos: there is nothing to download or to choose from. */
  declare empty: boolean;
  declare datesOpen: boolean;

  constructor() {
    super();
    this.view = null;
    this.signedIn = false;
    this.empty = false;
    this.datesOpen = false;
  }

  protected override render(): TemplateResult {
    const view = this.view;
    if (view === null) return html`<div class="heading"><h1>&nbsp;</h1></div>`;
    const isAside = view.state !== "ready";
    return html`
      <div class="heading">
        <h1>${viewTitle(view, this.signedIn)}</h1>
        <div class="heading-actions">
          ${this.signedIn && view.scope === "mine" && view.tags.length > 0 && !this.empty ? this.#downloadButton() : nothing}
          ${isOneTag(view) && !this.empty ? this.#randomButton() : nothing}
          ${isAside ? nothing : this.#datesButton()} ${this.signedIn && !isAside ? this.#scopes(view) : nothing}
        </div>
      </div>
      ${isAside ? html`<p class="view-hint muted">${view.state === "trashed" ? strings.trashHint : strings.rejectedHint}</p>` : nothing}
      ${this.datesOpen && !isAside ? this.#dateForm(view) : nothing}
    `;
  }

  #downloadButton(): TemplateResult {
    return html`<button class="button download-button" type="button" title=${strings.download} @click=${this.#download}>
      ${icons.download}<span class="wide-only">${strings.download}</span>
    </button>`;
  }

  #randomButton(): TemplateResult {
    return html`<button class="button random-button" type="button" title=${strings.surpriseMeHint} @click=${this.#openRandom}>
      ${icons.dice}<span class="wide-only">${strings.surpriseMe}</span>
    </button>`;
  }

  #datesButton(): TemplateResult {
    return html`<button
      class="button dates-button"
      type="button"
      aria-expanded=${this.datesOpen ? "true" : "false"}
      @click=${this.#toggleDates}
    >
      ${icons.calendar}<span class="wide-only">${strings.dates}</span>
    </button>`;
  }

  #dateForm(view: View): TemplateResult {
    const field = (name: "from" | "to", label: string) => html`<label class="field">
      <span>${label}</span>
      <input type="date" name=${name} min="0001-01-01" max="9999-12-31" .value=${view[name] ?? ""} />
    </label>`;
    return html`<form class="date-form" @submit=${this.#submitDates} @keydown=${this.#keyPressed}>
      ${field("from", strings.datesFrom)}${field("to", strings.datesTo)}
      <button class="button primary" type="submit">${strings.applyDates}</button>
      <p class="hint">${view.tags.length > 0 ? strings.datesClearTags : strings.datesHint}</p>
    </form>`;
  }

  #scopes(view: View): TemplateResult {
    const choice = (scope: Scope, label: string) => html`
      <button
        type="button"
        aria-pressed=${view.scope === scope ? "true" : "false"}
        @click=${() => {
          this.emit("set-scope", scope);
        }}
      >
        ${label}
      </button>
    `;
    return html`<div class="segments" role="group" aria-label=${strings.scopeLabel}>
      ${choice("mine", strings.mine)}${choice("public", strings.public)}
    </div>`;
  }

  #download = (): void => {
    this.emit("open-bundles", null);
  };

  #openRandom = (): void => {
    this.emit("open-random", null);
  };

  #toggleDates = (): void => {
    this.datesOpen = !this.datesOpen;
    if (this.datesOpen) void this.updateComplete.then(() => this.querySelector("input")?.focus());
  };

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.#closeDates();
  };

  #submitDates = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const day = (name: string) => (data.get(name) as string) || null;
    const days = { from: day("from"), to: day("to") };
    this.#closeDates();
    if (this.view !== null && (hasDates(this.view) || days.from !== null || days.to !== null)) this.emit("set-dates", days);
  };

  #closeDates(): void {
    this.datesOpen = false;
    this.querySelector<HTMLElement>(".dates-button")?.focus();
  }
}

/** Returns the title of a view, for its heading and the document. */
export function viewTitle({ scope, tags, match, excluded, state }: View, signedIn: boolean): string {
  if (state === "trashed") return strings.trash;
  if (state === "rejected") return strings.needsAttention;
  if (tags.length === 0) return signedIn && scope === "mine" ? strings.myPhotos : strings.publicGallery;
  const title = (match === "all" ? strings.and : strings.or)(tags.map(formatTag));
  return excluded.length === 0 ? title : strings.titleWithout(title, strings.or(excluded.map(formatTag)));
}
