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
    const { view, at } = cached.snapshot;
    const others = this.#views.filter((other) => other !== this.find(view, at));
    this.#views = [cached, ...others].slice(0, MAX_VIEWS);
  }

  /** The view as it was when its photos began at a month, or at the newest if `at` is null. */
  find(view: View, at: string | null): CachedView | null {
    return this.#views.find(({ snapshot }) => snapshot.at === at && isSameView(snapshot.view, view)) ?? null;
  }

  /** Removes all views, for another user. */
  clear(): void {
    this.#views = [];
  }
}
