/**
 * The facets of what was found: pressing a tag, a year, a place or a camera narrows the search to it. Loaded when it is first opened.
 */
import "../styles/facet-strip.css";

import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { filterStrings } from "../i18n/filters.ts";
import { formatNumber, formatTag } from "../i18n/format.ts";
import { isAttribute } from "../state/attributes.ts";
import { FACET_KINDS, type FacetCounts, type FacetKind, type Facets, type FacetValue, hasFacet, toggleFacet } from "../state/facets.ts";
import type { View } from "../state/view.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";

export function defineFacetStrip(): void {
  defineOnce("tintype-facet-strip", FacetStrip);
}

class FacetStrip extends PageElement {
  static override properties = { view: { attribute: false }, facets: { attribute: false } };
  declare view: View | null;
  declare facets: Facets | null;
  #stopWatching: () => void = () => undefined;

  override disconnectedCallback(): void {
    this.#stopWatching();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("facets")) {
      this.#stopWatching();
      const update = () => {
        this.requestUpdate();
      };
      this.#stopWatching = this.facets?.watch(update) ?? this.#stopWatching;
    }
    if (this.view !== null) void this.facets?.load(this.view);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { counts, error } = this.facets ?? { counts: null, error: null };
    // The gallery says that nothing was found.
    if (counts?.photos === 0) return nothing;
    return html`<section class="facets" aria-label=${filterStrings.facets} aria-busy=${counts === null && error === null ? "true" : "false"}>
      ${
        error !== null
          ? html`<p class="muted" role="alert">${explainLoadError(error, browserNetwork)}</p>`
          : counts === null
            ? html`<p class="muted">${strings.loading}</p>`
            : this.#counts(counts)
      }
    </section>`;
  }

  #counts(counts: FacetCounts): TemplateResult {
    const { tags } = counts;
    const ordered = {
      ...counts,
      tags: [...tags.filter(({ name }) => !isAttribute(name)), ...tags.filter(({ name }) => isAttribute(name))],
    };
    const kinds = FACET_KINDS.filter((kind) => counts[kind].length > 0);
    return html`
      ${kinds.map((kind) => this.#kind(kind, ordered[kind]))} ${kinds.length === 0 ? html`<p class="muted">${filterStrings.noFacets}</p>` : nothing}
      ${counts.complete ? nothing : html`<p class="hint">${filterStrings.counted(counts.photos)}</p>`}
    `;
  }

  #kind(kind: FacetKind, values: readonly FacetValue[]): TemplateResult {
    return html`<div class="facet" role="group" aria-label=${filterStrings.facetKinds[kind]}>
      <h2>${filterStrings.facetKinds[kind]}</h2>
      <ul role="list">
        ${keyedList(
          values,
          ({ name }) => name,
          (value) => html`<li>${this.#value(kind, value)}</li>`,
        )}
      </ul>
    </div>`;
  }

  #value(kind: FacetKind, { name, count }: FacetValue): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null) return nothing;
    const label = kind === "tags" ? formatTag(name) : name;
    const toggle = () => {
      this.emit("search", toggleFacet(view, kind, name));
    };
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${hasFacet(view, kind, name) ? "true" : "false"}
      aria-label=${filterStrings.facetCount(label, count)}
      @click=${toggle}
    >
      <span>${label}</span> <span class="chip-count">${formatNumber(count)}</span>
    </button>`;
  }
}
