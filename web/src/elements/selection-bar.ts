/**
 * What can be done with the photos that are chosen: a bar at the foot of the window. Loaded with the first one chosen.
 */
import "../styles/selection-bar.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import type { BatchAction, BatchActions } from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Selection } from "../state/selection.ts";
import type { Toaster } from "../state/toaster.ts";
import type { ViewState } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { TagField } from "./tag-field.ts";
import { ToastMessage } from "./toast-message.ts";

export interface SelectionHandlers {
  readonly perform: (action: BatchAction, tags: readonly string[]) => Promise<void>;
  readonly deletePermanently: () => Promise<void>;
  readonly download: () => void;
  /** Everything that is shown. */
  readonly selectAll: () => void;
  /** Whether there is more than is shown. */
  readonly hasMore: () => boolean;
  readonly clear: () => void;
}

export interface SelectionParts {
  readonly selection: Selection;
  readonly batch: BatchActions;
  readonly completions: Completions;
  readonly toaster: Toaster;
  /** What is being looked at: the trash, and files that are no photos, have actions of their own. */
  readonly viewState: () => ViewState;
}

/** Puts the bar, and the line above it, at the foot of the page. */
export function openSelectionBar(parts: SelectionParts, handlers: SelectionHandlers): void {
  if (customElements.get("tintype-tag-field") === undefined) customElements.define("tintype-tag-field", TagField);
  customElements.define("tintype-toast-message", ToastMessage);
  customElements.define("tintype-selection-bar", SelectionBar);
  const foot = document.createElement("div");
  foot.className = "bottom-overlay";
  foot.append(new ToastMessage(parts.toaster), new SelectionBar(parts, handlers));
  document.body.append(foot);
}

export class SelectionBar extends PageElement {
  static override properties = { prompt: { state: true } };
  /** What is being asked about: the tags to give, or whether photos are really to go for ever. */
  declare prompt: "tags" | "erase" | null;
  readonly #parts: SelectionParts;
  readonly #handlers: SelectionHandlers;
  #stopWatching: readonly (() => void)[] = [];

  constructor(parts: SelectionParts, handlers: SelectionHandlers) {
    super();
    this.#parts = parts;
    this.#handlers = handlers;
    this.prompt = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const update = () => {
      this.requestUpdate();
    };
    this.#stopWatching = [this.#parts.selection.watch(update), this.#parts.batch.watch(update)];
  }

  override disconnectedCallback(): void {
    for (const stop of this.#stopWatching) stop();
    super.disconnectedCallback();
  }

  protected override willUpdate(): void {
    if (this.#parts.selection.size === 0) this.prompt = null;
  }

  protected override render(): TemplateResult {
    const { selection, batch } = this.#parts;
    const { progress } = batch;
    const count = selection.size;
    // The count is said from an element that is there before it changes.
    return html`
      <p class="visually-hidden" role="status">${count > 0 ? selectionStrings.selected(count) : nothing}</p>
      ${count === 0
        ? nothing
        : html`<section class="selection" aria-label=${selectionStrings.selection} aria-busy=${progress === null ? "false" : "true"}>
            <div class="selection-head">
              <button class="icon-button" type="button" aria-label=${selectionStrings.clear} @click=${this.#clear}>${icons.close}</button>
              <p aria-hidden="true">${progress === null ? selectionStrings.selected(count) : selectionStrings.progress(progress.done, progress.total)}</p>
              ${progress === null
                ? html`<button class="button quiet" type="button" @click=${this.#selectAll}>
                    ${this.#handlers.hasMore() ? selectionStrings.selectLoaded : selectionStrings.selectAll}
                  </button>`
                : nothing}
            </div>
            ${this.prompt === "tags" ? this.#tagPrompt() : this.prompt === "erase" ? this.#deletePrompt(count) : this.#actions()}
          </section>`}
    `;
  }

  #actions(): TemplateResult {
    const shelf = this.#parts.viewState();
    const erase = this.#action(selectionStrings.deletePermanently, icons.trash, this.#openPrompt("erase"));
    const trash = this.#action(selectionStrings.trash, icons.trash, this.#act("trash"));
    return html`<div class="selection-actions">
      ${shelf === "trashed"
        ? html`${this.#action(selectionStrings.restore, icons.restore, this.#act("restore"))} ${erase}`
        : shelf === "rejected" ? html`${trash} ${erase}`
        : html`${this.#action(strings.download, icons.download, this.#handlers.download)}
          ${this.#action(selectionStrings.publish, icons.globe, this.#act("publish"))}
          ${this.#action(selectionStrings.hide, icons.lock, this.#act("hide"))}
          ${this.#action(selectionStrings.addTags, icons.tag, this.#openPrompt("tags"))}
          ${trash}`}
    </div>`;
  }

  #action(words: string, icon: TemplateResult, act: () => void): TemplateResult {
    return html`<button
      class="button quiet"
      type="button"
      aria-disabled=${this.#parts.batch.progress === null ? "false" : "true"}
      @click=${act}
    >
      ${icon}<span>${words}</span>
    </button>`;
  }

  #tagPrompt(): TemplateResult {
    const { completions } = this.#parts;
    return html`<div class="selection-tags" @keydown=${this.#promptKeyPressed}>
      <tintype-tag-field .label=${selectionStrings.tagsPlaceholder} .completions=${completions} .addTags=${this.#addTags}></tintype-tag-field>
      <button class="button quiet" type="button" @click=${this.#closePrompt}>${strings.cancel}</button>
    </div>`;
  }

  #deletePrompt(count: number): TemplateResult {
    return html`<div class="selection-prompt" role="group" aria-labelledby="delete-prompt" @keydown=${this.#promptKeyPressed}>
      <p id="delete-prompt">${selectionStrings.deletePrompt(count)}</p>
      <button class="button quiet" type="button" data-action="cancel" @click=${this.#closePrompt}>${strings.cancel}</button>
      <button class="button danger" type="button" @click=${this.#deletePermanently}>${selectionStrings.deletePermanently}</button>
    </div>`;
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    await this.querySelector<TagField>("tintype-tag-field")?.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #act(action: BatchAction): () => void {
    return () => void this.#handlers.perform(action, []);
  }

  #openPrompt(what: "tags" | "erase"): () => void {
    return () => {
      if (this.#parts.batch.progress !== null) return;
      this.prompt = what;
      void this.#focus(what === "tags" ? "input" : "[data-action=cancel]");
    };
  }

  #addTags = async (tags: readonly string[]): Promise<boolean> => {
    this.prompt = null;
    await this.#handlers.perform("tag", tags);
    return true;
  };

  #deletePermanently = (): void => {
    this.prompt = null;
    void this.#handlers.deletePermanently();
  };

  #closePrompt = (): void => {
    this.prompt = null;
    void this.#focus(".selection-actions button:last-of-type");
  };

  #promptKeyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#closePrompt();
  };

  #selectAll = (): void => {
    this.#handlers.selectAll();
  };

  #clear = (): void => {
    this.#handlers.clear();
  };
}
