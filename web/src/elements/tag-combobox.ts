/**
 * The suggestions of fields for tags, separated by commas: tags of the user's own library that begin as the last one does.
 */
import { html } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import type { Completion, Completions } from "../state/completions.ts";
import { isSameTag } from "../state/search-terms.ts";
import { MAX_TAG_LENGTH, MAX_TAGS, type ParsedTags, splitLastTag } from "../state/upload-validation.ts";
import type { PageElement } from "./page-element.ts";
import { SuggestionCombobox } from "./suggestion-combobox.ts";

export interface TagComboboxOptions {
  /** The id of the list; the field refers to it with `aria-controls`. */
  readonly listId: string;
  readonly completions: () => Completions;
  /** Tags that are not suggested. */
  readonly excluded: () => readonly string[];
  readonly onChoose: (tag: string) => void;
}

export class TagCombobox extends SuggestionCombobox<Completion> {
  readonly #host: PageElement;
  readonly #completions: () => Completions;
  #stopWatching: () => void = () => undefined;

  constructor(host: PageElement, { listId, completions, excluded, onChoose }: TagComboboxOptions) {
    super(host, {
      listId,
      label: strings.tagSuggestions,
      suggestions: () => completions().current.items.filter(({ tag_name: tag }) => !excluded().some((other) => isSameTag(tag, other))),
      keyOf: ({ tag_name: tag }) => tag,
      render: ({ tag_name: tag, count }) =>
        html`<span>${tag}</span> <span class="muted" aria-label=${strings.photos(count)}>${formatNumber(count)}</span>`,
      onChoose: ({ tag_name: tag }) => {
        onChoose(tag.toLowerCase());
      },
    });
    this.#host = host;
    this.#completions = completions;
  }

  hostConnected(): void {
    this.#stopWatching = this.#completions().watch(() => {
      this.#host.requestUpdate();
    });
  }

  override hostDisconnected(): void {
    this.#stopWatching();
    super.hostDisconnected();
  }

  /** Suggests tags for the last one of the text that is being typed. */
  suggest(text: string): void {
    const { last } = splitLastTag(text);
    this.open = last !== "";
    this.#completions().complete(last, "mine");
  }
}

/** Says what is wrong with tags. */
export function describeTagError(error: NonNullable<ParsedTags["error"]>): string {
  return error === "too-many" ? strings.tooManyTags(MAX_TAGS) : strings.tagTooLong(MAX_TAG_LENGTH);
}
