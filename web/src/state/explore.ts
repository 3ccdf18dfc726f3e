/**
 * What there is to explore in a library: its tags, the user's own words before those of labelers, and for the user's own photos
 * favorites, places and cameras; each with a cover.
 */
import { Observable } from "../core/observable.ts";
import { attributesLast } from "./attributes.ts";
import type { Trend } from "./trends.ts";
import type { Scope } from "./view.ts";

export type RankingKind = "tag" | "place" | "camera";

/** How many favorites there are, at least if `exact` is false, and the cover of one. */
export interface Favorites {
  readonly count: number;
  readonly exact: boolean;
  readonly cover: string | null;
}

/** The API routes for the page. */
export interface ExploreApi {
  listRanking(kind: RankingKind, scope: Scope): Promise<readonly Trend[]>;
  /** Null if there are none. */
  getFavorites(): Promise<Favorites | null>;
}

export interface ExploreSections {
  readonly favorites: Favorites | null;
  readonly own: readonly Trend[];
  readonly found: readonly Trend[];
  readonly places: readonly Trend[];
  readonly cameras: readonly Trend[];
}

/** How many covers a section has. */
const MAX_COVERS = 24;

export class Explore extends Observable {
  readonly #api: ExploreApi;
  #generation = 0;

  scope: Scope;
  /** Null until they are loaded. */
  sections: ExploreSections | null = null;
  error: unknown = null;

  constructor(api: ExploreApi, scope: Scope) {
    super();
    this.#api = api;
    this.scope = scope;
  }

  get isEmpty(): boolean {
    const { sections } = this;
    return sections?.favorites === null && [sections.own, sections.found, sections.places, sections.cameras].every(isEmpty);
  }

  /** Loads all sections; what was loaded before stays after an error. */
  async load(): Promise<void> {
    const generation = (this.#generation += 1);
    try {
      const sections = await this.#fetchSections();
      if (generation !== this.#generation) return;
      Object.assign(this, { sections, error: null });
    } catch (error) {
      if (generation !== this.#generation) return;
      this.error = error;
    }
    this.notifyWatchers();
  }

  async #fetchSections(): Promise<ExploreSections> {
    const isMine = this.scope === "mine";
    const [tags, places, cameras, favorites] = await Promise.all([
      this.#api.listRanking("tag", this.scope),
      isMine ? this.#api.listRanking("place", this.scope) : [],
      isMine ? this.#api.listRanking("camera", this.scope) : [],
      isMine ? this.#api.getFavorites() : null,
    ]);
    return {
      favorites,
      own: tags.filter(({ automatic }) => !automatic).slice(0, MAX_COVERS),
      found: attributesLast(
        tags.filter(({ automatic }) => automatic),
        MAX_COVERS,
      ),
      places: places.slice(0, MAX_COVERS),
      cameras: cameras.slice(0, MAX_COVERS),
    };
  }
}

function isEmpty(list: readonly unknown[]): boolean {
  return list.length === 0;
}
