/**
 * The search: tags by name, several with commas, a minus before one that is to be left out; completed while typing.
 */
import type Combobox from "@github/combobox-nav";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import type { CompletionResult, Completion } from "../state/completions.ts";
import { lastTerm, parseTerms, isSameTag, type SearchTerm } from "../state/search-terms.ts";
import type { View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class SearchField extends PageElement {
  static override properties = {
    view: { attribute: false },
    completions: { attribute: false },
    text: { state: true },
    open: { state: true },
  };
  declare view: View | null;
  declare completions: CompletionResult;
  declare text: string;
  /** Whether suggestions are wanted: something is being typed, and they were not sent away. */
  declare open: boolean;
  #combobox: Combobox | null = null;
  #listedTags = "";

  constructor() {
    super();
    this.view = null;
    this.completions = { prefix: "", items: [] };
    this.text = "";
    this.open = false;
  }

  /** Lets a tag be typed, with this before it. */
  startTyping(text: string): void {
    this.#setText(text);
    this.#input?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#combobox?.stop();
  }

  protected override render(): TemplateResult {
    const offers = this.#suggestions();
    const { excluded } = lastTerm(this.text);
    const looking = this.view !== null && this.view.tags.length > 0;
    return html`
      <form class="search" role="search" @submit=${this.#submit}>
        <label class="visually-hidden" for="search">${strings.search}</label>
        ${icons.search}
        <input
          id="search"
          type="search"
          maxlength="256"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          enterkeyhint="search"
          placeholder=${looking ? strings.searchMore : strings.search}
          role="combobox"
          aria-autocomplete="list"
          aria-controls="suggestions"
          aria-expanded="false"
          aria-haspopup="listbox"
          @input=${this.#textChanged}
          @focus=${this.#focused}
          @blur=${this.#close}
          @keydown=${this.#keyPressed}
        />
        <ul
          class="suggestions"
          id="suggestions"
          role="listbox"
          aria-label=${strings.suggestions}
          ?hidden=${!this.open || offers.length === 0}
          @mousedown=${keepFocus}
          @combobox-commit=${this.#suggestionChosen}
        >
          ${repeat(
            offers,
            ({ tag_name: tag }) => tag,
            ({ tag_name: tag, count }, place) => html`<li role="option" id="suggestion-${place}" data-tag=${tag}>
              <span>${excluded ? html`<span class="muted">${strings.without}</span> ` : nothing}${tag}</span>
              <span class="muted" aria-label=${strings.photos(count)}>${formatNumber(count)}</span>
            </li>`,
          )}
        </ul>
        <p class="visually-hidden" role="status">${this.#isCurrent() ? strings.suggestionCount(offers.length) : nothing}</p>
      </form>
    `;
  }

  #focused = (): void => {
    this.#textChanged();
    // Without it the field still searches for what is typed in full.
    this.#loadCombobox().catch(() => undefined);
  };

  /** Loads what leads through the suggestions by keyboard, once the field is used. */
  async #loadCombobox(): Promise<void> {
    const { default: Navigation } = await import("@github/combobox-nav");
    const list = this.querySelector<HTMLElement>("#suggestions");
    if (this.#combobox !== null || this.#input === null || list === null) return;
    this.#combobox = new Navigation(this.#input, list, { tabInsertsSuggestions: false });
    if (this.#listedTags !== "") this.#combobox.start();
  }

  protected override updated(): void {
    // Begun anew for every list: a place in the one before means nothing in this one.
    const listed = this.open ? this.#suggestions().map(({ tag_name: tag }) => tag).join() : "";
    if (listed === this.#listedTags) return;
    this.#listedTags = listed;
    this.#combobox?.stop();
    if (listed !== "") this.#combobox?.start();
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  /** Tags that complete what is typed, without those that are part of the search already. */
  #suggestions(): readonly Completion[] {
    const known = [...(this.view?.tags ?? []), ...(this.view?.excluded ?? []), ...this.#earlierTerms().map(({ tag }) => tag)];
    return this.completions.items.filter(({ tag_name: tag }) => !known.some((other) => isSameTag(tag, other)));
  }

  /** Whether the suggestions are those for what is typed now, and not for a little less of it. */
  #isCurrent(): boolean {
    return this.open && this.completions.prefix === lastTerm(this.text).tag;
  }

  /** The terms before the one that is being typed. */
  #earlierTerms(): SearchTerm[] {
    return parseTerms(this.text.slice(0, this.text.lastIndexOf(",") + 1));
  }

  #addTerms(terms: readonly SearchTerm[]): void {
    this.#setText("");
    if (terms.length > 0) this.emit("add-terms", terms);
  }

  #setText(text: string): void {
    if (this.#input !== null) this.#input.value = text;
    this.#textChanged();
  }

  #textChanged = (): void => {
    this.text = this.#input?.value ?? "";
    const { tag } = lastTerm(this.text);
    this.open = tag !== "";
    this.emit("complete-tag", tag);
  };

  #close = (): void => {
    this.open = false;
  };

  /** Escape sends the suggestions away first, and what was typed only then. */
  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    event.preventDefault();
    this.open = false;
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#addTerms(parseTerms(this.text));
  };

  #suggestionChosen = (event: Event): void => {
    const { tag } = (event.target as HTMLElement).dataset;
    if (tag === undefined) return;
    const { excluded } = lastTerm(this.text);
    this.#addTerms([...this.#earlierTerms(), { tag: tag.toLowerCase(), excluded }]);
  };
}

/** The field keeps the keyboard while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
