/**
 * The filters of the view as removable chips: tags, excluded tags, dates. Also the links to all photos and to the files
 * that need attention.
 */
import { html, nothing, type TemplateResult } from "lit";

import { describeDates, strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import type { PhotoCount } from "../state/rejected-count.ts";
import { hasDates, isFiltered, type Match, MAX_TERMS, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";

export class FilterBar extends PageElement {
  static override properties = { view: { attribute: false }, rejectedCount: { attribute: false }, reserveSpace: { attribute: false } };
  /** Null until the session is known. */
  declare view: View | null;
  declare rejectedCount: PhotoCount;
  /** Whether to reserve space for filters before the session is known, so that nothing moves. */
  declare reserveSpace: boolean;
  /** Whether the focused chip is being removed, and the next one gets the focus. */
  #focusNext = false;

  constructor() {
    super();
    this.view = null;
    this.rejectedCount = { count: 0, more: false };
    this.reserveSpace = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (view === null) return this.reserveSpace ? html`<div class="filters"></div>` : nothing;
    const narrowed = isFiltered(view);
    const attention = this.rejectedCount.count > 0 && view.scope === "mine" && !narrowed;
    if (!narrowed && !attention) return nothing;
    return html`<div class="filters" role="group" aria-label=${strings.filters}>
      ${
        narrowed
          ? html`<button class="button quiet all-photos" type="button" @click=${this.#showAll}>
            ${icons.back}${strings.allPhotos}
          </button>`
          : nothing
      }
      ${hasDates(view) ? this.#dates(view) : nothing}
      ${keyedList(view.tags, tagKey, (tag) => this.#tag(tag, false))}
      ${view.tags.length > 1 ? this.#match(view) : nothing}
      ${keyedList(view.excluded, tagKey, (tag) => this.#tag(tag, true))}
      ${
        view.tags.length > 0 && view.excluded.length < MAX_TERMS
          ? html`<button class="button quiet" type="button" @click=${this.#excludeTag}>${strings.excludeTag}</button>`
          : nothing
      }
      ${attention ? this.#rejectedChip() : nothing}
    </div>`;
  }

  protected override updated(): void {
    if (!this.#focusNext) return;
    this.#focusNext = false;
    (this.querySelector<HTMLElement>(".filter-chip") ?? document.querySelector<HTMLElement>("main"))?.focus();
  }

  #tag(tag: string, without: boolean): TemplateResult {
    const name = formatTag(tag);
    return this.#chip(
      without ? strings.removeExcludedTag(name) : strings.removeTag(name),
      html`<span>${without ? html`<span class="muted">${strings.without}</span> ` : nothing}${name}</span>`,
      () => {
        this.emit("remove-term", tag);
      },
      without,
    );
  }

  #dates({ from, to }: View): TemplateResult {
    const days = describeDates(from, to);
    return this.#chip(strings.removeDates(days), html`${icons.calendar}<span>${days}</span>`, () => {
      this.emit("set-dates", { from: null, to: null });
    });
  }

  #chip(label: string, content: TemplateResult, remove: () => void, without = false): TemplateResult {
    return html`<button
      class="chip filter-chip ${without ? "excluded" : ""}"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${() => {
        this.#focusNext = true;
        remove();
      }}
    >
      ${content}${icons.close}
    </button>`;
  }

  #match(view: View): TemplateResult {
    const choice = (match: Match, [label, rest]: readonly [string, string]) => html`
      <button
        type="button"
        aria-pressed=${view.match === match ? "true" : "false"}
        @click=${() => {
          this.emit("set-match", match);
        }}
      >
        ${label}<span class="wide-only">&nbsp;${rest}</span>
      </button>
    `;
    return html`<div class="segments" role="group" aria-label=${strings.matchLabel}>
      ${choice("all", strings.matchAll)}${choice("any", strings.matchAny)}
    </div>`;
  }

  #rejectedChip(): TemplateResult {
    const { count, more } = this.rejectedCount;
    return html`<button class="chip rejected-chip" type="button" title=${strings.showRejected} @click=${this.#showRejected}>
      ${icons.warning}${strings.rejectedCount(count, more)}
    </button>`;
  }

  #showAll = (): void => {
    this.#focusNext = true;
    this.emit("show-all", null);
  };

  #excludeTag = (): void => {
    this.emit("exclude-tag", null);
  };

  #showRejected = (): void => {
    this.#focusNext = true;
    this.emit("show-rejected", null);
  };
}

const tagKey = (tag: string) => tag;
