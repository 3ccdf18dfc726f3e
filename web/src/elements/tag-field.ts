/**
 * A field for tags, completed while typing from those that one's own library has.
 */
import "../styles/tag-field.css";

import Combobox from "@github/combobox-nav";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import type { Completion, Completions } from "../state/completions.ts";
import { isSameTag } from "../state/search-terms.ts";
import { MAX_TAG_LENGTH, MAX_TAGS, parseTags } from "../state/upload-validation.ts";
import { PageElement } from "./page-element.ts";

/** What becomes of tags that were given; the field is emptied if it answers true. */
export type AddTags = (tags: readonly string[]) => boolean | Promise<boolean>;

export class TagField extends PageElement {
  static override properties = {
    label: { attribute: false },
    currentTags: { attribute: false },
    completions: { attribute: false },
    addTags: { attribute: false },
    text: { state: true },
    open: { state: true },
    error: { state: true },
  };
  declare label: string;
  /** Tags that need not be offered. */
  declare currentTags: readonly string[];
  declare completions: Completions;
  declare addTags: AddTags;
  declare text: string;
  declare open: boolean;
  declare error: string | null;
  #combobox: Combobox | null = null;
  #listedTags = "";
  #stopWatching: () => void = () => undefined;

  constructor() {
    super();
    this.currentTags = [];
    this.text = "";
    this.open = false;
    this.error = null;
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
    const offers = this.#suggestions();
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
        aria-invalid=${this.error === null ? "false" : "true"}
        aria-describedby=${this.error === null ? nothing : "tag-field-error"}
        @input=${this.#textChanged}
        @blur=${this.#close}
        @keydown=${this.#keyPressed}
      />
      <button class="button">${strings.addTag}</button>
      <ul
        class="suggestions"
        id="tag-suggestions"
        role="listbox"
        aria-label=${strings.suggestions}
        ?hidden=${!this.open || offers.length === 0}
        @mousedown=${keepFocus}
        @combobox-commit=${this.#suggestionChosen}
      >
        ${repeat(
          offers,
          ({ tag_name: tag }) => tag,
          ({ tag_name: tag, count }, place) => html`<li role="option" id="tag-offer-${place}" data-tag=${tag}>
            <span>${tag}</span><span class="muted" aria-label=${strings.photos(count)}>${formatNumber(count)}</span>
          </li>`,
        )}
      </ul>
      ${this.error === null ? nothing : html`<p class="hint" id="tag-field-error" role="alert">${this.error}</p>`}
    </form>`;
  }

  protected override firstUpdated(): void {
    const list = this.querySelector<HTMLElement>("ul");
    if (this.#input === null || list === null) return;
    this.#combobox = new Combobox(this.#input, list, { tabInsertsSuggestions: false });
  }

  protected override updated(): void {
    const listed = this.open ? this.#suggestions().map(({ tag_name: tag }) => tag).join() : "";
    if (listed === this.#listedTags) return;
    this.#listedTags = listed;
    this.#combobox?.stop();
    if (listed === "") return;
    this.#combobox?.start();
    this.querySelector("ul")?.scrollIntoView({ block: "nearest" });
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  #suggestions(): readonly Completion[] {
    return this.completions.current.items.filter(({ tag_name: tag }) => !this.currentTags.some((other) => isSameTag(tag, other)));
  }

  #textChanged = (): void => {
    this.text = this.#input?.value ?? "";
    this.error = null;
    const last = this.text.slice(this.text.lastIndexOf(",") + 1).trim();
    this.open = last !== "";
    this.completions.complete(last, "mine");
  };

  #close = (): void => {
    this.open = false;
  };

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open || this.#suggestions().length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.open = false;
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#submitTags(this.text);
  };

  #suggestionChosen = (event: Event): void => {
    const { tag } = (event.target as HTMLElement).dataset;
    if (tag !== undefined) void this.#submitTags(this.text.slice(0, this.text.lastIndexOf(",") + 1) + tag.toLowerCase());
  };

  async #submitTags(text: string): Promise<void> {
    const read = parseTags(text);
    if (read.error !== null) {
      this.error = read.error === "too-many" ? strings.tooManyTags(MAX_TAGS) : strings.tagTooLong(MAX_TAG_LENGTH);
      return;
    }
    if (read.tags.length === 0 || !(await this.addTags(read.tags))) return;
    if (this.#input !== null) this.#input.value = "";
    this.#textChanged();
  }
}

/** The field keeps the keyboard while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
