/**
 * Views that were left, as they were: Back finds their photos, and the place among them, as it left them.
 */
import type { FeedSnapshot } from "./feed.ts";
import { isSameView, type View } from "./view.ts";

export interface CachedView {
  readonly snapshot: FeedSnapshot;
  /** How far the photos had been scrolled, px; negative while what is above them was in sight. */
  readonly scrollOffset: number;
}

/** Views that are kept; the one left longest ago goes first. */
const MAX_VIEWS = 8;

export class ViewCache {
  #views: readonly CachedView[] = [];

  /** Keeps a view that is being left. */
  store(place: CachedView): void {
    const others = this.#views.filter(({ snapshot }) => !isSameView(snapshot.view, place.snapshot.view));
    this.#views = [place, ...others].slice(0, MAX_VIEWS);
  }

  find(view: View): CachedView | null {
    return this.#views.find(({ snapshot }) => isSameView(snapshot.view, view)) ?? null;
  }

  /** Somebody else is looking now. */
  clear(): void {
    this.#views = [];
  }
}
