/**
 * What can be done with the photos that are chosen: a bar at the foot of the window. Loaded with the first one chosen.
 */
import "../styles/selection-bar.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { doing, selectingStrings } from "../i18n/selection.ts";
import type { Action, Curation } from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Selection } from "../state/selection.ts";
import type { Toaster } from "../state/toaster.ts";
import type { Shelf } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { TagField } from "./tag-field.ts";
import { ToastMessage } from "./toast-message.ts";

export interface SelectionHandlers {
  readonly act: (action: Action, tags: readonly string[]) => Promise<void>;
  readonly erase: () => Promise<void>;
  readonly takeAway: () => void;
  /** Everything that is shown. */
  readonly all: () => void;
  /** Whether there is more than is shown. */
  readonly isMore: () => boolean;
  readonly end: () => void;
}

export interface SelectionParts {
  readonly selection: Selection;
  readonly curation: Curation;
  readonly completions: Completions;
  readonly toaster: Toaster;
  /** What is being looked at: the trash, and files that are no photos, have actions of their own. */
  readonly shelf: () => Shelf;
}

/** Puts the bar, and the line above it, at the foot of the page. */
export function openFoot(parts: SelectionParts, handlers: SelectionHandlers): void {
  if (customElements.get("tintype-tag-field") === undefined) customElements.define("tintype-tag-field", TagField);
  customElements.define("tintype-toast-message", ToastMessage);
  customElements.define("tintype-selection-bar", SelectionBar);
  const foot = document.createElement("div");
  foot.className = "foot";
  foot.append(new ToastMessage(parts.toaster), new SelectionBar(parts, handlers));
  document.body.append(foot);
}

export class SelectionBar extends PageElement {
  static override properties = { asking: { state: true } };
  /** What is being asked about: the tags to give, or whether photos are really to go for ever. */
  declare asking: "tags" | "erase" | null;
  readonly #parts: SelectionParts;
  readonly #handlers: SelectionHandlers;
  #stopWatching: readonly (() => void)[] = [];

  constructor(parts: SelectionParts, handlers: SelectionHandlers) {
    super();
    this.#parts = parts;
    this.#handlers = handlers;
    this.asking = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const update = () => {
      this.requestUpdate();
    };
    this.#stopWatching = [this.#parts.selection.watch(update), this.#parts.curation.watch(update)];
  }

  override disconnectedCallback(): void {
    for (const stop of this.#stopWatching) stop();
    super.disconnectedCallback();
  }

  protected override willUpdate(): void {
    if (this.#parts.selection.size === 0) this.asking = null;
  }

  protected override render(): TemplateResult {
    const { selection, curation } = this.#parts;
    const { working } = curation;
    const count = selection.size;
    // The count is said from an element that is there before it changes.
    return html`
      <p class="unseen" role="status">${count > 0 ? selectingStrings.selected(count) : nothing}</p>
      ${count === 0
        ? nothing
        : html`<section class="selection" aria-label=${selectingStrings.selection} aria-busy=${working === null ? "false" : "true"}>
            <div class="selection-head">
              <button class="icon-button" type="button" aria-label=${selectingStrings.endSelection} @click=${this.#end}>${icons.close}</button>
              <p aria-hidden="true">${working === null ? selectingStrings.selected(count) : doing(working)}</p>
              ${working === null
                ? html`<button class="button quiet" type="button" @click=${this.#all}>
                    ${this.#handlers.isMore() ? selectingStrings.selectShown : selectingStrings.selectAll}
                  </button>`
                : nothing}
            </div>
            ${this.asking === "tags" ? this.#tags() : this.asking === "erase" ? this.#confirm(count) : this.#actions()}
          </section>`}
    `;
  }

  #actions(): TemplateResult {
    const shelf = this.#parts.shelf();
    const erase = this.#action(selectingStrings.erase, icons.trash, this.#ask("erase"));
    const trash = this.#action(selectingStrings.trashPhotos, icons.trash, this.#act("trash"));
    return html`<div class="selection-actions">
      ${shelf === "trashed"
        ? html`${this.#action(selectingStrings.restore, icons.restore, this.#act("restore"))} ${erase}`
        : shelf === "rejected" ? html`${trash} ${erase}`
        : html`${this.#action(strings.takeAway, icons.download, this.#handlers.takeAway)}
          ${this.#action(selectingStrings.publish, icons.globe, this.#act("publish"))}
          ${this.#action(selectingStrings.hide, icons.lock, this.#act("hide"))}
          ${this.#action(selectingStrings.tagPhotos, icons.tag, this.#ask("tags"))}
          ${trash}`}
    </div>`;
  }

  #action(words: string, icon: TemplateResult, act: () => void): TemplateResult {
    return html`<button
      class="button quiet"
      type="button"
      aria-disabled=${this.#parts.curation.working === null ? "false" : "true"}
      @click=${act}
    >
      ${icon}<span>${words}</span>
    </button>`;
  }

  #tags(): TemplateResult {
    const { completions } = this.#parts;
    return html`<div class="selection-tags" @keydown=${this.#askKey}>
      <tintype-tag-field .label=${selectingStrings.tagsToAdd} .completions=${completions} .take=${this.#tag}></tintype-tag-field>
      <button class="button quiet" type="button" @click=${this.#unask}>${strings.cancel}</button>
    </div>`;
  }

  #confirm(count: number): TemplateResult {
    return html`<div class="selection-confirm" role="group" aria-labelledby="erase-ask" @keydown=${this.#askKey}>
      <p id="erase-ask">${selectingStrings.eraseAsk(count)}</p>
      <button class="button quiet" type="button" data-answer="keep" @click=${this.#unask}>${selectingStrings.keepPhotos(count)}</button>
      <button class="button danger" type="button" @click=${this.#erase}>${selectingStrings.erase}</button>
    </div>`;
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    await this.querySelector<TagField>("tintype-tag-field")?.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #act(action: Action): () => void {
    return () => void this.#handlers.act(action, []);
  }

  #ask(what: "tags" | "erase"): () => void {
    return () => {
      if (this.#parts.curation.working !== null) return;
      this.asking = what;
      void this.#focus(what === "tags" ? "input" : "[data-answer=keep]");
    };
  }

  #tag = async (tags: readonly string[]): Promise<boolean> => {
    this.asking = null;
    await this.#handlers.act("tag", tags);
    return true;
  };

  #erase = (): void => {
    this.asking = null;
    void this.#handlers.erase();
  };

  #unask = (): void => {
    this.asking = null;
    void this.#focus(".selection-actions button:last-of-type");
  };

  #askKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#unask();
  };

  #all = (): void => {
    this.#handlers.all();
  };

  #end = (): void => {
    this.#handlers.end();
  };
}
