/**
 * A field for tags, completed while typing from those that one's own library has.
 */
import "../styles/tag-field.css";

import Combobox from "@github/combobox-nav";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { strings } from "../i18n/common.ts";
import type { Completion, Completions } from "../state/completions.ts";
import { sameTag } from "../state/search-terms.ts";
import { LONGEST_TAG, MOST_TAGS, readTags } from "../state/upload-validation.ts";
import { PageElement } from "./page-element.ts";

/** What becomes of tags that were given; the field is emptied if it answers true. */
export type TakeTags = (tags: readonly string[]) => boolean | Promise<boolean>;

export class TagField extends PageElement {
  static override properties = {
    label: { attribute: false },
    known: { attribute: false },
    completions: { attribute: false },
    take: { attribute: false },
    typed: { state: true },
    open: { state: true },
    fault: { state: true },
  };
  declare label: string;
  /** Tags that need not be offered. */
  declare known: readonly string[];
  declare completions: Completions;
  declare take: TakeTags;
  declare typed: string;
  declare open: boolean;
  declare fault: string | null;
  #combobox: Combobox | null = null;
  #listed = "";
  #stopWatching: () => void = () => undefined;

  constructor() {
    super();
    this.known = [];
    this.typed = "";
    this.open = false;
    this.fault = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = this.completions.watch(() => {
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.#stopWatching();
    this.#combobox?.stop();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const offers = this.#offers();
    return html`<form class="tag-field" novalidate @submit=${this.#submit}>
      <input
        type="text"
        maxlength="256"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        enterkeyhint="done"
        aria-label=${this.label}
        placeholder=${this.label}
        aria-invalid=${this.fault === null ? "false" : "true"}
        aria-describedby=${this.fault === null ? nothing : "tag-field-fault"}
        @input=${this.#typing}
        @blur=${this.#close}
        @keydown=${this.#key}
      />
      <button class="button">${strings.addTag}</button>
      <ul
        class="options"
        id="tag-offers"
        role="listbox"
        aria-label=${strings.suggestions}
        ?hidden=${!this.open || offers.length === 0}
        @mousedown=${keepFocus}
        @combobox-commit=${this.#commit}
      >
        ${repeat(
          offers,
          ({ tag_name: tag }) => tag,
          ({ tag_name: tag, count }, place) => html`<li role="option" id="tag-offer-${place}" data-tag=${tag}>
            <span>${tag}</span><span class="soft" aria-label=${strings.photos(count)}>${count.toLocaleString()}</span>
          </li>`,
        )}
      </ul>
      ${this.fault === null ? nothing : html`<p class="hint" id="tag-field-fault" role="alert">${this.fault}</p>`}
    </form>`;
  }

  protected override firstUpdated(): void {
    const list = this.querySelector<HTMLElement>("ul");
    if (this.#input === null || list === null) return;
    this.#combobox = new Combobox(this.#input, list, { tabInsertsSuggestions: false });
  }

  protected override updated(): void {
    const listed = this.open ? this.#offers().map(({ tag_name: tag }) => tag).join() : "";
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#combobox?.stop();
    if (listed === "") return;
    this.#combobox?.start();
    this.querySelector("ul")?.scrollIntoView({ block: "nearest" });
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  #offers(): readonly Completion[] {
    return this.completions.completed.items.filter(({ tag_name: tag }) => !this.known.some((other) => sameTag(tag, other)));
  }

  #typing = (): void => {
    this.typed = this.#input?.value ?? "";
    this.fault = null;
    const last = this.typed.slice(this.typed.lastIndexOf(",") + 1).trim();
    this.open = last !== "";
    this.completions.complete(last, "mine");
  };

  #close = (): void => {
    this.open = false;
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open || this.#offers().length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.open = false;
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#give(this.typed);
  };

  #commit = (event: Event): void => {
    const { tag } = (event.target as HTMLElement).dataset;
    if (tag !== undefined) void this.#give(this.typed.slice(0, this.typed.lastIndexOf(",") + 1) + tag.toLowerCase());
  };

  async #give(text: string): Promise<void> {
    const read = readTags(text);
    if (read.fault !== null) {
      this.fault = read.fault === "too-many" ? strings.tooManyTags(MOST_TAGS) : strings.tagTooLong(LONGEST_TAG);
      return;
    }
    if (read.tags.length === 0 || !(await this.take(read.tags))) return;
    if (this.#input !== null) this.#input.value = "";
    this.#typing();
  }
}

/** The field keeps the keyboard while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
