/**
 * The search field: tags separated by commas, a minus before a tag to exclude, with suggestions.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import type { Completion, CompletionResult } from "../state/completions.ts";
import { isSameTag, lastTerm, parseTerms, type SearchTerm } from "../state/search-terms.ts";
import type { View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { TagCombobox } from "./tag-combobox.ts";

export class SearchField extends PageElement {
  static override properties = {
    view: { attribute: false },
    completions: { attribute: false },
    text: { state: true },
  };
  declare view: View | null;
  declare completions: CompletionResult;
  declare text: string;
  readonly #combobox: TagCombobox;

  constructor() {
    super();
    this.view = null;
    this.completions = { prefix: "", items: [] };
    this.text = "";
    this.#combobox = new TagCombobox(this, {
      listId: "suggestions",
      suggestions: () => this.#suggestions(),
      onChoose: (tag) => {
        const { excluded } = lastTerm(this.text);
        this.#addTerms([...this.#earlierTerms(), { tag: tag.toLowerCase(), excluded }]);
      },
    });
  }

  /** Focuses the field and starts its text with a prefix. */
  startTyping(prefix: string): void {
    this.#setText(prefix);
    this.#input?.focus();
  }

  protected override render(): TemplateResult {
    const { excluded } = lastTerm(this.text);
    const isSearch = this.view !== null && this.view.tags.length > 0;
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
          placeholder=${isSearch ? strings.searchMore : strings.search}
          role="combobox"
          aria-autocomplete="list"
          aria-controls="suggestions"
          aria-expanded="false"
          aria-haspopup="listbox"
          @input=${this.#textChanged}
          @focus=${this.#focused}
          @blur=${this.#combobox.close}
          @keydown=${this.#combobox.keyPressed}
        />
        ${this.#combobox.render(excluded ? html`<span class="muted">${strings.without}</span> ` : nothing)}
        <p class="visually-hidden" role="status">${this.#isCurrent() ? strings.suggestionCount(this.#suggestions().length) : nothing}</p>
      </form>
    `;
  }

  #focused = (): void => {
    this.#textChanged();
    this.#combobox.load();
  };

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  /** Completions of the last term, without tags that are part of the search already. */
  #suggestions(): readonly Completion[] {
    const known = [...(this.view?.tags ?? []), ...(this.view?.excluded ?? []), ...this.#earlierTerms().map(({ tag }) => tag)];
    return this.completions.items.filter(({ tag_name: tag }) => !known.some((other) => isSameTag(tag, other)));
  }

  /** Whether the suggestions are for the current text, not for an earlier one. */
  #isCurrent(): boolean {
    return this.#combobox.open && this.completions.prefix === lastTerm(this.text).tag;
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
    this.#combobox.open = tag !== "";
    this.emit("complete-tag", tag);
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#addTerms(parseTerms(this.text));
  };
}
