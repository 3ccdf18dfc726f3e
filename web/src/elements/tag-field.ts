/**
 * A field for adding tags, with suggestions from the user's own library.
 */
import "../styles/tag-field.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import type { Completions } from "../state/completions.ts";
import { parseTags, splitLastTag } from "../state/upload-validation.ts";
import { PageElement } from "./page-element.ts";
import { describeTagError, TagCombobox } from "./tag-combobox.ts";

/** Adds tags; returns true if the field is to be cleared. */
export type AddTags = (tags: readonly string[]) => boolean | Promise<boolean>;

export class TagField extends PageElement {
  static override properties = {
    label: { attribute: false },
    currentTags: { attribute: false },
    completions: { attribute: false },
    addTags: { attribute: false },
    text: { state: true },
    error: { state: true },
  };
  declare label: string;
  /** Tags that are not suggested. */
  declare currentTags: readonly string[];
  declare completions: Completions;
  declare addTags: AddTags;
  declare text: string;
  declare error: string | null;
  readonly #combobox: TagCombobox;

  constructor() {
    super();
    this.currentTags = [];
    this.text = "";
    this.error = null;
    this.#combobox = new TagCombobox(this, {
      listId: "tag-suggestions",
      completions: () => this.completions,
      excluded: () => this.currentTags,
      onChoose: (tag) => void this.#submitTags(splitLastTag(this.text).before + tag),
    });
  }

  protected override render(): TemplateResult {
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
        role="combobox"
        aria-autocomplete="list"
        aria-controls="tag-suggestions"
        aria-expanded="false"
        aria-haspopup="listbox"
        @input=${this.#textChanged}
        @blur=${this.#combobox.close}
        @keydown=${this.#combobox.keyPressed}
      />
      <button class="button">${strings.addTag}</button>
      ${this.#combobox.render()}
      ${this.error === null ? nothing : html`<p class="hint" id="tag-field-error" role="alert">${this.error}</p>`}
    </form>`;
  }

  protected override firstUpdated(): void {
    this.#combobox.load();
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  #textChanged = (): void => {
    this.text = this.#input?.value ?? "";
    this.error = null;
    this.#combobox.suggest(this.text);
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#submitTags(this.text);
  };

  async #submitTags(text: string): Promise<void> {
    const parsed = parseTags(text);
    if (parsed.error !== null) {
      this.error = describeTagError(parsed.error);
      return;
    }
    const submitted = this.#input?.value;
    if (parsed.tags.length === 0 || !(await this.addTags(parsed.tags))) return;
    // The user may have typed the next tag meanwhile.
    if (this.#input === null || this.#input.value !== submitted) return;
    this.#input.value = "";
    this.#textChanged();
  }
}
