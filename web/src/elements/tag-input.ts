/**
 * A field of a form for tags, separated by commas, with suggestions from the user's own library for the one being typed.
 */
import "../styles/tag-input.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Completion, Completions } from "../state/completions.ts";
import { isSameTag } from "../state/search-terms.ts";
import { MAX_TAG_LENGTH, MAX_TAGS, parseTags } from "../state/upload-validation.ts";
import { defineOnce, PageElement } from "./page-element.ts";
import { SuggestionCombobox } from "./suggestion-combobox.ts";

export function defineTagInput(): void {
  defineOnce("tintype-tag-input", TagInput);
}

export class TagInput extends PageElement {
  static override properties = { completions: { attribute: false }, text: { state: true }, error: { state: true } };
  declare completions: Completions;
  declare text: string;
  declare error: string | null;
  readonly #combobox: SuggestionCombobox<Completion>;
  #stopWatching: () => void = () => undefined;

  constructor() {
    super();
    this.text = "";
    this.error = null;
    this.#combobox = new SuggestionCombobox<Completion>(this, {
      listId: "tag-input-suggestions",
      label: strings.tagSuggestions,
      suggestions: () => this.#suggestions(),
      keyOf: ({ tag_name: tag }) => tag,
      render: ({ tag_name: tag, count }) =>
        html`<span>${tag}</span> <span class="muted" aria-label=${strings.photos(count)}>${formatNumber(count)}</span>`,
      onChoose: ({ tag_name: tag }) => {
        this.#complete(tag);
      },
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = this.completions.watch(() => {
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.#stopWatching();
    super.disconnectedCallback();
  }

  /** The tags; null if they are too many or too long, which is displayed. */
  takeTags(): readonly string[] | null {
    const { tags, error } = parseTags(this.text);
    this.error = error === null ? null : error === "too-many" ? strings.tooManyTags(MAX_TAGS) : strings.tagTooLong(MAX_TAG_LENGTH);
    if (error !== null) this.#input?.focus();
    return tags;
  }

  protected override render(): TemplateResult {
    return html`<label class="field tag-input">
      <span>${uploadStrings.tags}</span>
      <span class="tag-input-field">
        <input
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-describedby="tags-hint"
          aria-invalid=${this.error === null ? "false" : "true"}
          role="combobox"
          aria-autocomplete="list"
          aria-controls="tag-input-suggestions"
          aria-expanded="false"
          aria-haspopup="listbox"
          .value=${this.text}
          @input=${this.#textChanged}
          @blur=${this.#combobox.close}
          @keydown=${this.#combobox.keyPressed}
        />
        ${this.#combobox.render()}
      </span>
    </label>
    <p class="hint" id="tags-hint" role=${this.error === null ? nothing : "alert"}>${this.error ?? uploadStrings.tagsHint}</p>`;
  }

  protected override firstUpdated(): void {
    this.#combobox.load();
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  #suggestions(): readonly Completion[] {
    const chosen = this.text.split(",").slice(0, -1);
    return this.completions.current.items.filter(({ tag_name: tag }) => !chosen.some((other) => isSameTag(tag, other)));
  }

  /** Replaces the tag that is being typed. */
  #complete(tag: string): void {
    const before = this.text.slice(0, this.text.lastIndexOf(",") + 1);
    this.text = `${before}${before === "" ? "" : " "}${tag.toLowerCase()}, `;
    this.completions.clear();
    this.#combobox.close();
  }

  #textChanged = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.error = null;
    const last = this.text.slice(this.text.lastIndexOf(",") + 1).trim();
    this.#combobox.open = last !== "";
    this.completions.complete(last, "mine");
  };
}
