/**
 * The photos before and after a photo in its view, for a viewer that was opened by the photo's address: the feed starts at the top of
 * the view, which may be far away.
 */
import { isoDay } from "./dates.ts";
import type { Page } from "./photo-list.ts";
import type { Photo } from "./photo.ts";
import { isTimeline, photoOrder, type View } from "./view.ts";
import type { LoadedRange } from "./viewer-list.ts";

type FetchPhotos = (view: View, cursor: string | null, limit: number) => Promise<Page>;

/** Fetches up to `limit` photos of a view after `cursor`; those of a timeline also oldest first. */
export interface PhotoPages {
  readonly inOrder: FetchPhotos;
  readonly oldestFirst: FetchPhotos;
}

const PAGE_SIZE = 100;
/** How many pages are read at most until a photo's neighbors are found. */
const MAX_PAGES = 5;

export class PhotoNeighbors {
  readonly #pages: PhotoPages;
  readonly #photo: Photo;
  /** Null: only the API knows the order. */
  readonly #compare: ((a: Photo, b: Photo) => number) | null;
  /** Whether the photo was found in the order of the API. */
  #found = false;
  /** The view from the day of the photo on, to older and to newer photos. */
  readonly #older: View;
  readonly #newer: View;
  /** Where the older photos continue; undefined before they were read, null at their end. */
  #cursor: string | null | undefined;
  /** Where the newer photos continue. */
  #newerCursor: string | null | undefined;
  readonly #isTimeline: boolean;
  /** Whether all photos before the photo were returned. */
  #reachedStart = false;

  constructor(pages: PhotoPages, view: View, photo: Photo) {
    this.#pages = pages;
    this.#isTimeline = isTimeline(view);
    this.#photo = photo;
    this.#compare = photoOrder(view);
    const day = isoDay(photo);
    const byDay = view.order === "taken" && view.state === "ready" && view.album === null;
    this.#older = byDay ? { ...view, to: day } : view;
    this.#newer = byDay ? { ...view, from: day } : view;
  }

  /** Whether the photos that were returned begin at the start of the view, and go to its end. */
  get range(): LoadedRange {
    return { fromStart: this.#reachedStart, toEnd: this.#cursor === null };
  }

  /** The next photos of the view in its order, after those returned before; none at its end. */
  async next(): Promise<readonly Photo[]> {
    for (let page = 0; page < MAX_PAGES && this.#cursor !== null; page += 1) {
      const { items, cursor } = await this.#pages.inOrder(this.#older, this.#cursor ?? null, PAGE_SIZE);
      this.#cursor = cursor;
      const after = this.#after(items);
      if (after.length > 0) return after;
    }
    return [];
  }

  /** The photos of the view before those returned last, in its order; none at its start, or if a search has too many before the photo. */
  async previous(): Promise<readonly Photo[]> {
    return this.#isTimeline ? await this.#previousPage() : await this.#allBefore();
  }

  async #previousPage(): Promise<readonly Photo[]> {
    for (let page = 0; page < MAX_PAGES && this.#newerCursor !== null; page += 1) {
      const { items, cursor } = await this.#pages.oldestFirst(this.#newer, this.#newerCursor ?? null, PAGE_SIZE);
      this.#newerCursor = cursor;
      this.#reachedStart = cursor === null;
      const before = this.#before(items);
      if (before.length > 0) return before.toReversed();
    }
    return [];
  }

  /** All photos before the photo, once: the API lists a search from its start only. */
  async #allBefore(): Promise<readonly Photo[]> {
    if (this.#newerCursor === null) return [];
    this.#newerCursor = null;
    const before: Photo[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { items, cursor: next }: Page = await this.#pages.inOrder(this.#newer, cursor, PAGE_SIZE);
      const earlier = this.#before(items);
      before.push(...earlier);
      if (next === null || earlier.length < items.length) {
        this.#reachedStart = true;
        return before;
      }
      cursor = next;
    }
    return [];
  }

  /** Those of the next page that are before the photo. */
  #before(items: readonly Photo[]): readonly Photo[] {
    const compare = this.#compare;
    if (compare !== null) return items.filter((other) => compare(other, this.#photo) < 0);
    const index = this.#indexIn(items);
    return index < 0 ? items : items.slice(0, index);
  }

  /** Those of the next page that are after the photo. */
  #after(items: readonly Photo[]): readonly Photo[] {
    const compare = this.#compare;
    if (compare !== null) return items.filter((other) => compare(this.#photo, other) < 0);
    if (this.#found) return items;
    const index = this.#indexIn(items);
    this.#found = index >= 0;
    return index < 0 ? [] : items.slice(index + 1);
  }

  #indexIn(items: readonly Photo[]): number {
    return items.findIndex(({ photo_id }) => photo_id === this.#photo.photo_id);
  }
}
