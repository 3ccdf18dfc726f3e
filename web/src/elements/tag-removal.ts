/**
 * The prompt of the selection bar for the tags to remove: those of the selected photos, of which the user chooses some.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber, formatTag } from "../i18n/format.ts";
import { selectionStrings } from "../i18n/selection.ts";
import type { TagCount } from "../state/tag-counts.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";

/** Tags listed without a search. */
const MAX_TAGS_LISTED = 24;

export class TagRemoval extends PageElement {
  static override properties = {
    tags: { attribute: false },
    removeTags: { attribute: false },
    cancel: { attribute: false },
    chosen: { state: true },
    filter: { state: true },
  };
  /** The tags of the selected photos. */
  declare tags: readonly TagCount[];
  declare removeTags: (tags: readonly string[]) => void;
  declare cancel: () => void;
  declare chosen: ReadonlySet<string>;
  declare filter: string;

  constructor() {
    super();
    this.tags = [];
    this.chosen = new Set();
    this.filter = "";
  }

  protected override render(): TemplateResult {
    const { tags, chosen } = this;
    const filter = this.filter.trim().toLowerCase();
    const found = tags.filter(({ tag }) => tag.includes(filter));
    // Chosen tags are always visible.
    const visible = found.filter(({ tag }, index) => index < MAX_TAGS_LISTED || chosen.has(tag));
    return html`<form class="tag-removal" aria-label=${selectionStrings.removeTagsPrompt} novalidate @submit=${this.#submit}>
      ${tags.length > MAX_TAGS_LISTED ? this.#search() : nothing}
      ${
        tags.length === 0
          ? html`<p>${selectionStrings.noTags}</p>`
          : html`<ul class="removable-tags" role="list">
            ${keyedList(
              visible,
              ({ tag }) => tag,
              (tag) => html`<li>${this.#tag(tag)}</li>`,
            )}
          </ul>`
      }
      <div class="tag-removal-actions">
        <button class="button quiet" type="button" @click=${this.#cancel}>${strings.cancel}</button>
        ${
          tags.length === 0
            ? nothing
            : html`<button class="button primary" aria-disabled=${chosen.size === 0 ? "true" : "false"}>${selectionStrings.removeChosenTags}</button>`
        }
      </div>
    </form>`;
  }

  #search(): TemplateResult {
    return html`<input
      type="search"
      autocomplete="off"
      aria-label=${selectionStrings.filterTags}
      placeholder=${selectionStrings.filterTags}
      @input=${(event: Event) => {
        this.filter = (event.target as HTMLInputElement).value;
      }}
    />`;
  }

  #tag({ tag, count }: TagCount): TemplateResult {
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${this.chosen.has(tag) ? "true" : "false"}
      aria-label=${strings.tagCount(formatTag(tag), count)}
      @click=${() => {
        const chosen = new Set(this.chosen);
        if (!chosen.delete(tag)) chosen.add(tag);
        this.chosen = chosen;
      }}
    >
      <span>${formatTag(tag)}</span> <span class="chip-count">${formatNumber(count)}</span>
    </button>`;
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A tag may be gone from all selected photos.
    const chosen = this.tags.filter(({ tag }) => this.chosen.has(tag)).map(({ tag }) => tag);
    if (chosen.length > 0) this.removeTags(chosen);
  };

  #cancel = (): void => {
    this.cancel();
  };
}
