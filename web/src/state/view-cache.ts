/**
 * Views that were left, as they were: Back finds their photos, and the place among them, as it left them.
 */
import type { Kept } from "./feed.ts";
import { sameView, type View } from "./view.ts";

export interface Place {
  readonly kept: Kept;
  /** How far the photos had been scrolled, px; negative while what is above them was in sight. */
  readonly depth: number;
}

/** Views that are kept; the one left longest ago goes first. */
const MOST = 8;

export class Places {
  #places: readonly Place[] = [];

  /** Keeps a view that is being left. */
  keep(place: Place): void {
    const others = this.#places.filter(({ kept }) => !sameView(kept.view, place.kept.view));
    this.#places = [place, ...others].slice(0, MOST);
  }

  find(view: View): Place | null {
    return this.#places.find(({ kept }) => sameView(kept.view, view)) ?? null;
  }

  /** Somebody else is looking now. */
  forget(): void {
    this.#places = [];
  }
}
