/**
 * The trending tags, each with a cover photo: pressing one adds it to the search or removes it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import { isSameTag } from "../state/search-terms.ts";
import type { Trend } from "../state/trends.ts";
import type { TrendOrder } from "../state/view.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";
import { PressController } from "./press-controller.ts";

export class TagList extends PageElement {
  static override properties = {
    trends: { attribute: false },
    loading: { attribute: false },
    order: { attribute: false },
    selected: { attribute: false, hasChanged: (now: readonly string[], before?: readonly string[]) => now.join() !== before?.join() },
  };
  declare trends: readonly Trend[];
  /** Whether tags are being loaded: they have their space from the start, so that nothing moves. */
  declare loading: boolean;
  declare order: TrendOrder;
  /** The tags of the current search. */
  declare selected: readonly string[];
  readonly #press = new PressController(this);

  constructor() {
    super();
    this.trends = [];
    this.loading = true;
    this.order = "count";
    this.selected = [];
  }

  /** Moves no tag while a pointer is pressed. */
  protected override async scheduleUpdate(): Promise<unknown> {
    if (this.#press.active) await this.#press.over;
    return super.scheduleUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.trends.length === 0) return this.loading ? html`<div class="tags"></div>` : nothing;
    return html`
      <nav class="tags" aria-label=${strings.trendingTags}>
        <ul role="list">
          <li>${this.#orderButton()}</li>
          ${keyedList(
            this.trends,
            (trend) => trend.tag_name,
            (trend) => html`<li>${this.#chip(trend)}</li>`,
          )}
        </ul>
      </nav>
    `;
  }

  /** Scrolls the first selected tag into view. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (this.selected.length === 0 || !(changed.has("selected") || changed.has("trends"))) return;
    const first = this.querySelector('.chip[aria-pressed="true"]:not(.order)');
    first?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  #orderButton(): TemplateResult {
    const hot = this.order === "heat";
    return html`<button
      class="chip trend-order"
      type="button"
      aria-pressed=${hot ? "true" : "false"}
      title=${strings.hotHint}
      @click=${() => {
        this.emit("set-trend-order", hot ? "count" : "heat");
      }}
    >
      ${icons.flame}${strings.hot}
    </button>`;
  }

  #chip({ tag_name: tag, count, cover_image: cover }: Trend): TemplateResult {
    const isSelected = this.selected.some((other) => isSameTag(tag, other));
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${isSelected ? "true" : "false"}
      aria-label=${strings.tagCount(tag, count)}
      @click=${() => {
        if (isSelected) this.emit("remove-term", tag);
        else this.emit("add-term", tag.toLowerCase());
      }}
    >
      <span class="chip-cover">${cover ? html`<img src=${cover} alt="" loading="lazy" decoding="async" fetchpriority="low" />` : nothing}</span>
      <span>${tag}</span> <span class="chip-count">${formatNumber(count)}</span>
    </button>`;
  }
}
