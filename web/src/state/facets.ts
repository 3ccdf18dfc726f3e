/**
 * The facets of a search: the tags, years, cameras and places of what it finds, with counts. Loaded when they are displayed.
 */
import type { components } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import { fold } from "./search-words.ts";
import { addTerm, hasTerm, isSameView, removeTerm, type View, viewYear, yearView } from "./view.ts";

/** Values of what was found; `complete` is false if only the newest `photos` were counted. */
export type FacetCounts = components["schemas"]["Facets"];
export type FacetValue = FacetCounts["tags"][number];

export type FacetKind = "tags" | "years" | "cameras" | "places";
export const FACET_KINDS: readonly FacetKind[] = ["tags", "years", "places", "cameras"];

export type FetchFacets = (view: View) => Promise<FacetCounts>;

export class Facets extends Observable {
  readonly #fetch: FetchFacets;
  #view: View | null = null;
  #generation = 0;

  /** Null until they are loaded. */
  counts: FacetCounts | null = null;
  error: unknown = null;

  constructor(fetch: FetchFacets) {
    super();
    this.#fetch = fetch;
  }

  /** Loads the facets of a view, unless they are loaded; those of another view stay until then. */
  async load(view: View): Promise<void> {
    if (this.#view !== null && this.error === null && isSameView(this.#view, view)) return;
    // Those of the user's own photos are not for other users.
    if (this.#view?.scope !== view.scope) this.counts = null;
    this.#view = view;
    await this.reload();
  }

  /** Loads the facets again, because photos were changed; does nothing if none are loaded. */
  async reload(): Promise<void> {
    if (this.#view === null) return;
    const generation = (this.#generation += 1);
    this.error = null;
    try {
      const counts = await this.#fetch(this.#view);
      if (generation !== this.#generation) return;
      this.counts = counts;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.counts = null;
      this.error = error;
    }
    this.notifyWatchers();
  }

  /** Removes the facets, for another user or when they are no longer displayed. */
  clear(): void {
    this.#generation += 1;
    this.#view = null;
    this.counts = null;
    this.error = null;
    this.notifyWatchers();
  }
}

/** Whether the view is narrowed to a value. */
export function hasFacet(view: View, kind: FacetKind, name: string): boolean {
  if (kind === "tags") return hasTerm(view, { tag: name, excluded: false });
  if (kind === "years") return viewYear(view) === name;
  const value = kind === "cameras" ? view.camera : view.place;
  return value !== null && fold(value) === fold(name);
}

/** The view narrowed to a value, or without it if it is. */
export function toggleFacet(view: View, kind: FacetKind, name: string): View {
  const had = hasFacet(view, kind, name);
  switch (kind) {
    case "tags":
      return had ? removeTerm(view, name) : addTerm(view, { tag: name.toLowerCase(), excluded: false });
    case "years":
      return had ? { ...view, from: null, to: null } : yearView(view, name);
    case "cameras":
      return { ...view, camera: had ? null : name };
    case "places":
      return { ...view, place: had ? null : name };
  }
}
