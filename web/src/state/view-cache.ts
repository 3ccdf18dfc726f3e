/**
 * Recently left views with their photos and scroll position, for Back.
 */
import type { FeedSnapshot } from "./feed.ts";
import { isSameView, type View } from "./view.ts";

export interface CachedView {
  readonly snapshot: FeedSnapshot;
  /** How far the photos were scrolled, px; negative while the page above them was visible. */
  readonly scrollOffset: number;
}

/** How many views are cached; the oldest is removed first. */
const MAX_VIEWS = 8;

export class ViewCache {
  #views: readonly CachedView[] = [];

  /** Stores a view. */
  store(cached: CachedView): void {
    const others = this.#views.filter(({ snapshot }) => !isSameView(snapshot.view, cached.snapshot.view));
    this.#views = [cached, ...others].slice(0, MAX_VIEWS);
  }

  find(view: View): CachedView | null {
    return this.#views.find(({ snapshot }) => isSameView(snapshot.view, view)) ?? null;
  }

  /** Removes all views, for another user. */
  clear(): void {
    this.#views = [];
  }
}
