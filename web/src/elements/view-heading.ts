/**
 * The heading of the view, with its actions: download, random photo, dates, and whose photos.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import type { PhotoTotal } from "../state/photo-list.ts";
import { isFiltered, isOneTag, isTagSearch, type Scope, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { viewTitle } from "./view-title.ts";

export class ViewHeading extends PageElement {
  static override properties = {
    view: { attribute: false },
    signedIn: { attribute: false },
    empty: { attribute: false },
    total: { attribute: false },
    daysLeft: { attribute: false },
  };
  /** Null until the session is known. */
  declare view: View | null;
  declare signedIn: boolean;
  /** Whether the view is known to have no photos: there is nothing to download or to choose from. */
  declare empty: boolean;
  /** How many photos the search found; null if it is not known. */
  declare total: PhotoTotal | null;
  /** How many days the photo of the trash that is deleted first stays there; null if it is not known. */
  declare daysLeft: number | null;

  constructor() {
    super();
    this.view = null;
    this.signedIn = false;
    this.empty = false;
    this.total = null;
    this.daysLeft = null;
  }

  protected override render(): TemplateResult {
    const view = this.view;
    if (view === null) return html`<div class="heading"><h1>&nbsp;</h1></div>`;
    const isAside = view.state !== "ready";
    return html`
      <div class="heading">
        <h1>${viewTitle(view, this.signedIn)}</h1>
        <p class="found muted" role="status">${this.#found()}</p>
        <div class="heading-actions">
          ${this.signedIn && view.scope === "mine" && isTagSearch(view) && !this.empty ? this.#downloadButton() : nothing}
          ${this.signedIn && view.scope === "mine" && isFiltered(view) && !isAside && !this.empty ? this.#saveButton() : nothing}
          ${view.state === "trashed" && !this.empty ? this.#emptyTrashButton() : nothing}
          ${isOneTag(view) && !this.empty ? this.#randomButton() : nothing}
          ${this.signedIn && !isAside ? this.#scopes(view) : nothing}
        </div>
      </div>
      ${isAside ? html`<p class="view-hint muted">${view.state === "trashed" ? this.#trashHint() : strings.rejectedHint}</p>` : nothing}
    `;
  }

  #downloadButton(): TemplateResult {
    return html`<button class="button download-button" type="button" title=${strings.download} @click=${this.#download}>
      ${icons.download}<span class="wide-only">${strings.download}</span>
    </button>`;
  }

  #trashHint(): string {
    return this.daysLeft === null ? strings.trashHint : `${strings.trashHint} ${strings.nextDeletion(this.daysLeft)}`;
  }

  #emptyTrashButton(): TemplateResult {
    return html`<button class="button empty-trash-button" type="button" @click=${this.#emptyTrash}>
      ${icons.trash}<span>${strings.emptyTrashAction}</span>
    </button>`;
  }

  #saveButton(): TemplateResult {
    return html`<button class="button save-search-button" type="button" title=${strings.saveSearch} @click=${this.#save}>
      ${icons.album}<span class="wide-only">${strings.saveSearch}</span>
    </button>`;
  }

  #randomButton(): TemplateResult {
    return html`<button class="button random-button" type="button" title=${strings.surpriseMeHint} @click=${this.#openRandom}>
      ${icons.dice}<span class="wide-only">${strings.surpriseMe}</span>
    </button>`;
  }

  #found(): string | typeof nothing {
    const photos = this.total?.photos ?? null;
    return photos === null || this.empty ? nothing : strings.photosFound(photos, this.total?.exact === true);
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

  #emptyTrash = (): void => {
    this.emit("empty-trash", null);
  };

  #save = (): void => {
    this.emit("save-search", null);
  };

  #openRandom = (): void => {
    this.emit("open-random", null);
  };
}
