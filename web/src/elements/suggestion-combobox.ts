/**
 * Suggestions below a text field: chosen with the arrow keys or the pointer, closed with Escape.
 */
import type Navigation from "@github/combobox-nav";
import { html, type ReactiveController, type TemplateResult } from "lit";

import { keyedList } from "./keyed-list.ts";
import type { PageElement } from "./page-element.ts";

export interface ComboboxOptions<Suggestion> {
  /** The id of the list; the field refers to it with `aria-controls`. */
  readonly listId: string;
  /** What the list contains, for screen readers. */
  readonly label: string;
  readonly suggestions: () => readonly Suggestion[];
  /** A text that is different for each suggestion. */
  readonly keyOf: (suggestion: Suggestion) => string;
  readonly render: (suggestion: Suggestion) => TemplateResult;
  readonly onChoose: (suggestion: Suggestion) => void;
}

export class SuggestionCombobox<Suggestion> implements ReactiveController {
  readonly #host: PageElement;
  readonly #options: ComboboxOptions<Suggestion>;
  #navigation: Navigation | null = null;
  #listedKeys = "";
  #open = false;

  constructor(host: PageElement, options: ComboboxOptions<Suggestion>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Whether there may be suggestions: text is being typed, and they were not closed. */
  get open(): boolean {
    return this.#open;
  }

  set open(open: boolean) {
    this.#open = open;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#navigation?.stop();
  }

  /** Restarts the navigation for every new list: a position in the previous one means nothing. */
  hostUpdated(): void {
    const { suggestions, keyOf } = this.#options;
    const listed = this.open ? JSON.stringify(suggestions().map(keyOf)) : "";
    if (listed === this.#listedKeys) return;
    this.#listedKeys = listed;
    this.#navigation?.stop();
    if (!this.#isVisible) return;
    this.#navigation?.start();
    this.#list?.scrollIntoView({ block: "nearest" });
  }

  /** Loads the keyboard navigation; the field works without it. */
  readonly load = (): void => {
    this.#load().catch(() => undefined);
  };

  readonly close = (): void => {
    this.open = false;
  };

  /** Escape closes the suggestions and nothing else. */
  readonly keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#isVisible) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  };

  /** Renders the list. */
  render(): TemplateResult {
    const { listId, label, suggestions, keyOf, render } = this.#options;
    return html`<ul
      class="suggestions"
      id=${listId}
      role="listbox"
      aria-label=${label}
      ?hidden=${!this.#isVisible}
      @mousedown=${keepFocus}
      @combobox-commit=${this.#choose}
    >
      ${keyedList(suggestions(), keyOf, (suggestion, index) => html`<li role="option" id="${listId}-${index}">${render(suggestion)}</li>`)}
    </ul>`;
  }

  get #isVisible(): boolean {
    return this.open && this.#options.suggestions().length > 0;
  }

  get #list(): HTMLElement | null {
    return this.#host.querySelector<HTMLElement>(`#${this.#options.listId}`);
  }

  async #load(): Promise<void> {
    const { default: Combobox } = await import("@github/combobox-nav");
    const [input, list] = [this.#host.querySelector("input"), this.#list];
    if (this.#navigation !== null || input === null || list === null) return;
    this.#navigation = new Combobox(input, list, { tabInsertsSuggestions: false });
    if (this.#isVisible) this.#navigation.start();
  }

  readonly #choose = ({ target }: Event): void => {
    const index = this.#list === null ? -1 : [...this.#list.children].indexOf(target as Element);
    const suggestion = this.#options.suggestions()[index];
    if (suggestion !== undefined) this.#options.onChoose(suggestion);
  };
}

/** Keeps the focus in the field while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
