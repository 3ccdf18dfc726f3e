/**
 * The filters of the view as chips that can be edited and removed, and the facets of what was found. Also the links to all photos and to
 * the files that need attention.
 */
import { html, nothing, type TemplateResult } from "lit";

import { lazyImport } from "../core/lazy-import.ts";
import { strings } from "../i18n/common.ts";
import { type Chip, chipKey, removeChip, viewChips } from "../state/chips.ts";
import type { Facets } from "../state/facets.ts";
import type { PhotoCount } from "../state/rejected-count.ts";
import { isFiltered, type Match, type View, withoutSearch } from "../state/view.ts";
import { describeChip } from "./chip-label.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";

const CHIP_ICONS: Readonly<Record<Chip["kind"], TemplateResult>> = {
  word: icons.search,
  tag: icons.tag,
  excluded: icons.tag,
  dates: icons.calendar,
  on: icons.calendar,
  camera: icons.camera,
  place: icons.pin,
  favorite: icons.heart,
  rating: icons.star,
  bounds: icons.pin,
};

const loadFacetStrip = lazyImport(() => import("./facet-strip.ts"));

export class FilterBar extends PageElement {
  static override properties = {
    view: { attribute: false },
    facets: { attribute: false },
    facetsOpen: { attribute: false },
    rejectedCount: { attribute: false },
    reserveSpace: { attribute: false },
  };
  /** Null until the session is known. */
  declare view: View | null;
  declare facets: Facets | null;
  declare facetsOpen: boolean;
  declare rejectedCount: PhotoCount;
  /** Whether to reserve space for filters before the session is known, so that nothing moves. */
  declare reserveSpace: boolean;
  /** Whether the focused chip is being removed, and the next one gets the focus. */
  #focusNext = false;

  constructor() {
    super();
    this.view = null;
    this.facets = null;
    this.facetsOpen = false;
    this.rejectedCount = { count: 0, more: false };
    this.reserveSpace = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (view === null) return this.reserveSpace ? html`<div class="filters"></div>` : nothing;
    const narrowed = isFiltered(view);
    const canRefine = narrowed && view.state === "ready" && view.album === null;
    const attention = this.rejectedCount.count > 0 && view.scope === "mine" && view.album === null && !narrowed;
    if (!narrowed && !attention) return nothing;
    const chips = viewChips(view);
    const tags = chips.filter(({ kind }) => kind === "tag");
    const rest = chips.filter(({ kind }) => kind !== "tag" && kind !== "word");
    return html`<div class="filters" role="group" aria-label=${strings.filters}>
        ${narrowed ? html`<button class="button quiet all-photos" type="button" @click=${this.#showAll}>${icons.back}${view.album === null ? strings.allPhotos : strings.wholeAlbum}</button>` : nothing}
        ${canRefine ? this.#refineButton() : nothing}
        ${this.#chips(
          chips.filter(({ kind }) => kind === "word"),
          view,
        )}
        ${this.#chips(tags, view)} ${tags.length > 1 ? this.#match(view) : nothing} ${this.#chips(rest, view)}
        ${attention ? this.#rejectedChip() : nothing}
      </div>
      ${this.facetsOpen && canRefine ? this.#facetStrip(view) : nothing}`;
  }

  protected override updated(): void {
    if (!this.#focusNext) return;
    this.#focusNext = false;
    (this.querySelector<HTMLElement>(".chip-remove") ?? document.querySelector<HTMLElement>("main"))?.focus();
  }

  #chips(chips: readonly Chip[], view: View): unknown {
    return keyedList(chips, chipKey, (chip) => this.#chip(chip, view));
  }

  #chip(chip: Chip, view: View): TemplateResult {
    const name = describeChip(chip);
    const remove = () => {
      this.#focusNext = true;
      this.emit("search", removeChip(view, chip));
    };
    const edit = () => {
      this.emit("edit-filters", chip.kind);
    };
    return html`<span class="filter-chip ${chip.kind === "excluded" ? "excluded" : ""}">
      <button class="chip-edit" type="button" aria-label=${strings.editFilter(name)} title=${strings.editFilter(name)} @click=${edit}>
        ${CHIP_ICONS[chip.kind]}<span>${name}</span>
      </button>
      <button class="chip-remove" type="button" aria-label=${strings.removeFilter(name)} title=${strings.removeFilter(name)} @click=${remove}>
        ${icons.close}
      </button>
    </span>`;
  }

  #match(view: View): TemplateResult {
    const choice = (match: Match, [label, rest]: readonly [string, string]) => html`
      <button
        type="button"
        aria-pressed=${view.match === match ? "true" : "false"}
        @click=${() => {
          this.emit("search", { ...view, match });
        }}
      >
        ${label}<span class="wide-only">&nbsp;${rest}</span>
      </button>
    `;
    return html`<div class="segments" role="group" aria-label=${strings.matchLabel}>
      ${choice("all", strings.matchAll)}${choice("any", strings.matchAny)}
    </div>`;
  }

  #refineButton(): TemplateResult {
    return html`<button
      class="button quiet refine-button"
      type="button"
      aria-expanded=${this.facetsOpen ? "true" : "false"}
      @click=${this.#toggleFacets}
    >
      ${strings.refine}${this.facetsOpen ? icons.up : icons.down}
    </button>`;
  }

  #facetStrip(view: View): TemplateResult {
    loadFacetStrip().then(
      ({ defineFacetStrip }) => {
        defineFacetStrip();
      },
      () => undefined,
    );
    return html`<tintype-facet-strip .view=${view} .facets=${this.facets}></tintype-facet-strip>`;
  }

  #rejectedChip(): TemplateResult {
    const { count, more } = this.rejectedCount;
    return html`<button class="chip rejected-chip" type="button" title=${strings.showRejected} @click=${this.#showRejected}>
      ${icons.warning}${strings.rejectedCount(count, more)}
    </button>`;
  }

  #toggleFacets = (): void => {
    this.emit("open-facets", !this.facetsOpen);
  };

  #showAll = (): void => {
    this.#focusNext = true;
    if (this.view !== null) this.emit("search", withoutSearch(this.view));
  };

  #showRejected = (): void => {
    this.#focusNext = true;
    this.emit("show-rejected", null);
  };
}
