/**
 * The search: tags by name, several with commas, a minus before one that is to be left out; completed while typing.
 */
import type Combobox from "@github/combobox-nav";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { strings } from "../i18n/common.ts";
import type { Completed, Completion } from "../state/completions.ts";
import { lastTerm, readTerms, sameTag, type Term } from "../state/search-terms.ts";
import type { View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export class SearchField extends PageElement {
  static override properties = {
    view: { attribute: false },
    completions: { attribute: false },
    typed: { state: true },
    open: { state: true },
  };
  declare view: View | null;
  declare completions: Completed;
  declare typed: string;
  /** Whether suggestions are wanted: something is being typed, and they were not sent away. */
  declare open: boolean;
  #combobox: Combobox | null = null;
  #listed = "";

  constructor() {
    super();
    this.view = null;
    this.completions = { prefix: "", items: [] };
    this.typed = "";
    this.open = false;
  }

  /** Lets a tag be typed, with this before it. */
  typeAfter(text: string): void {
    this.#write(text);
    this.#input?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#combobox?.stop();
  }

  protected override render(): TemplateResult {
    const offers = this.#offers();
    const { without } = lastTerm(this.typed);
    const looking = this.view !== null && this.view.tags.length > 0;
    return html`
      <form class="search" role="search" @submit=${this.#submit}>
        <label class="unseen" for="search">${strings.search}</label>
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
          @input=${this.#typing}
          @focus=${this.#begin}
          @blur=${this.#close}
          @keydown=${this.#key}
        />
        <ul
          class="options"
          id="suggestions"
          role="listbox"
          aria-label=${strings.suggestions}
          ?hidden=${!this.open || offers.length === 0}
          @mousedown=${keepFocus}
          @combobox-commit=${this.#commit}
        >
          ${repeat(
            offers,
            ({ tag_name: tag }) => tag,
            ({ tag_name: tag, count }, place) => html`<li role="option" id="suggestion-${place}" data-tag=${tag}>
              <span>${without ? html`<span class="soft">${strings.without}</span> ` : nothing}${tag}</span>
              <span class="soft" aria-label=${strings.photos(count)}>${count.toLocaleString()}</span>
            </li>`,
          )}
        </ul>
        <p class="unseen" role="status">${this.#isAnswered() ? strings.suggested(offers.length) : nothing}</p>
      </form>
    `;
  }

  #begin = (): void => {
    this.#typing();
    // Without it the field still searches for what is typed in full.
    this.#equip().catch(() => undefined);
  };

  /** Loads what leads through the suggestions by keyboard, once the field is used. */
  async #equip(): Promise<void> {
    const { default: Navigation } = await import("@github/combobox-nav");
    const list = this.querySelector<HTMLElement>("#suggestions");
    if (this.#combobox !== null || this.#input === null || list === null) return;
    this.#combobox = new Navigation(this.#input, list, { tabInsertsSuggestions: false });
    if (this.#listed !== "") this.#combobox.start();
  }

  protected override updated(): void {
    // Begun anew for every list: a place in the one before means nothing in this one.
    const listed = this.open ? this.#offers().map(({ tag_name: tag }) => tag).join() : "";
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#combobox?.stop();
    if (listed !== "") this.#combobox?.start();
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  /** Tags that complete what is typed, without those that are part of the search already. */
  #offers(): readonly Completion[] {
    const known = [...(this.view?.tags ?? []), ...(this.view?.without ?? []), ...this.#before().map(({ tag }) => tag)];
    return this.completions.items.filter(({ tag_name: tag }) => !known.some((other) => sameTag(tag, other)));
  }

  /** Whether the suggestions are those for what is typed now, and not for a little less of it. */
  #isAnswered(): boolean {
    return this.open && this.completions.prefix === lastTerm(this.typed).tag;
  }

  /** The terms before the one that is being typed. */
  #before(): Term[] {
    return readTerms(this.typed.slice(0, this.typed.lastIndexOf(",") + 1));
  }

  #find(terms: readonly Term[]): void {
    this.#write("");
    if (terms.length > 0) this.emit("find", terms);
  }

  #write(text: string): void {
    if (this.#input !== null) this.#input.value = text;
    this.#typing();
  }

  #typing = (): void => {
    this.typed = this.#input?.value ?? "";
    const { tag } = lastTerm(this.typed);
    this.open = tag !== "";
    this.emit("typing", tag);
  };

  #close = (): void => {
    this.open = false;
  };

  /** Escape sends the suggestions away first, and what was typed only then. */
  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    event.preventDefault();
    this.open = false;
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#find(readTerms(this.typed));
  };

  #commit = (event: Event): void => {
    const { tag } = (event.target as HTMLElement).dataset;
    if (tag === undefined) return;
    const { without } = lastTerm(this.typed);
    this.#find([...this.#before(), { tag: tag.toLowerCase(), without }]);
  };
}

/** The field keeps the keyboard while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
