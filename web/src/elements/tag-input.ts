/**
 * A field of a form for tags, separated by commas, with suggestions from the user's own library for the one being typed.
 */
import "../styles/combobox-field.css";

import { html, nothing, type TemplateResult } from "lit";

import { uploadStrings } from "../i18n/uploads.ts";
import type { Completions } from "../state/completions.ts";
import { parseTags, splitLastTag } from "../state/upload-validation.ts";
import { defineOnce, PageElement } from "./page-element.ts";
import { describeTagError, TagCombobox } from "./tag-combobox.ts";

export function defineTagInput(): void {
  defineOnce("tintype-tag-input", TagInput);
}

export class TagInput extends PageElement {
  static override properties = { completions: { attribute: false }, text: { state: true }, error: { state: true } };
  declare completions: Completions;
  declare text: string;
  declare error: string | null;
  readonly #combobox: TagCombobox;

  constructor() {
    super();
    this.text = "";
    this.error = null;
    this.#combobox = new TagCombobox(this, {
      listId: "tag-input-suggestions",
      completions: () => this.completions,
      excluded: () => splitLastTag(this.text).before.split(","),
      onChoose: (tag) => {
        this.#complete(tag);
      },
    });
  }

  /** The tags; null if they are too many or too long, which is displayed. */
  takeTags(): readonly string[] | null {
    const { tags, error } = parseTags(this.text);
    this.error = error === null ? null : describeTagError(error);
    if (error !== null) this.#input?.focus();
    return tags;
  }

  protected override render(): TemplateResult {
    return html`<label class="field combobox-field">
      <span>${uploadStrings.tags}</span>
      <span class="combobox-field-input">
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

  /** Replaces the tag that is being typed. */
  #complete(tag: string): void {
    const { before } = splitLastTag(this.text);
    this.text = `${before}${before === "" ? "" : " "}${tag}, `;
    this.completions.clear();
    this.#combobox.close();
  }

  #textChanged = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.error = null;
    this.#combobox.suggest(this.text);
  };
}
