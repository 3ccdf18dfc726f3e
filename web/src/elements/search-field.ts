/**
 * The search box: words, and suggestions of tags, places, cameras and years that become filters. Enter searches for the words unless
 * the user went to a suggestion, however fast the suggestions arrive. A minus before a tag leaves photos out.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import { applySuggestion, listSuggestions, parseText, type SuggestedNames, type Suggestion } from "../state/suggestions.ts";
import { isFiltered, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { SuggestionCombobox } from "./suggestion-combobox.ts";

const KIND_ICONS = {
  tag: icons.tag,
  place: icons.pin,
  camera: icons.camera,
  year: icons.calendar,
  favorite: icons.heart,
  words: icons.search,
} as const;

export class SearchField extends PageElement {
  static override properties = {
    view: { attribute: false },
    names: { attribute: false },
    text: { state: true },
  };
  declare view: View | null;
  /** The names that the library suggests. */
  declare names: SuggestedNames;
  declare text: string;
  readonly #combobox: SuggestionCombobox<Suggestion>;

  constructor() {
    super();
    this.view = null;
    this.names = { text: "", rest: "", items: [] };
    this.text = "";
    this.#combobox = new SuggestionCombobox<Suggestion>(this, {
      listId: "suggestions",
      label: strings.suggestions,
      suggestions: () => this.#suggestions(),
      keyOf: (suggestion) => `${suggestion.kind} ${"name" in suggestion ? suggestion.name : ""}`,
      render: renderSuggestion,
      onChoose: (suggestion) => {
        this.#search(suggestion);
      },
    });
  }

  protected override render(): TemplateResult {
    return html`
      <form class="search" role="search" @submit=${this.#submit}>
        <label class="visually-hidden" for="search">${strings.search}</label>
        ${icons.search}
        <input
          id="search"
          type="search"
          maxlength="500"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          enterkeyhint="search"
          placeholder=${this.view !== null && isFiltered(this.view) ? strings.searchMore : strings.search}
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
        <button class="icon-button" type="button" aria-label=${strings.editFilters} title=${strings.editFilters} @click=${this.#editFilters}>
          ${icons.filters}
        </button>
        ${this.#combobox.render()}
        <p class="visually-hidden" role="status">${this.#isCurrent() ? strings.suggestionCount(this.#suggestions().length) : nothing}</p>
      </form>
    `;
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  #suggestions(): readonly Suggestion[] {
    return this.view === null ? [] : listSuggestions(this.text, this.names, this.view);
  }

  /** Whether the names are for the current text, not for an earlier one. */
  #isCurrent(): boolean {
    return this.#combobox.open && this.names.text === parseText(this.text).name;
  }

  /** Adds a suggestion, or the text, to the search. */
  #search(suggestion: Suggestion | null): void {
    const { view, text } = this;
    if (this.#input !== null) this.#input.value = "";
    this.#textChanged();
    if (view !== null && parseText(text).name !== "") this.emit("search", applySuggestion(view, text, this.names.rest, suggestion));
  }

  #focused = (): void => {
    this.#textChanged();
    this.#combobox.load();
  };

  #textChanged = (): void => {
    this.text = this.#input?.value ?? "";
    this.#combobox.open = parseText(this.text).name !== "";
    this.emit("suggest", this.text);
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#search(null);
  };

  #editFilters = (): void => {
    this.emit("edit-filters", null);
  };
}

function renderSuggestion(suggestion: Suggestion): TemplateResult {
  const { kind } = suggestion;
  const name = kind === "words" ? strings.searchFor(suggestion.name) : kind === "favorite" ? strings.favorites : suggestion.name;
  const excluded = "excluded" in suggestion && suggestion.excluded;
  return html`<span class="suggestion-name">
      ${KIND_ICONS[kind]}
      <span>${excluded ? html`<span class="muted">${strings.without}</span> ` : nothing}${name}</span>
      ${kind === "words" || kind === "favorite" ? nothing : html`<span class="visually-hidden">, ${strings.kinds[kind]}</span>`}
    </span>
    ${"count" in suggestion ? html`<span class="muted" aria-label=${strings.photos(suggestion.count)}>${formatNumber(suggestion.count)}</span>` : nothing}`;
}
