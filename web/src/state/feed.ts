/**
 * The photos of the current view: the pages loaded so far, and changes since.
 *
 * It sits between the API (one page at a time, newest first) and the gallery. Each photo is in it once, even if pages,
 * refreshes and new photos overlap.
 */
import type { components } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import { newestFirst, type Photo } from "./photo.ts";
import { photoOrder, viewIncludes, type View } from "./view.ts";

export type Page = components["schemas"]["PhotoPage"];

/** Fetches up to `limit` photos of a view after `cursor`. */
export type FetchPage = (view: View, cursor: string | null, limit: number) => Promise<Page>;

/** loading: a new view; extending: the next page; failed and stalled: an error of either, see `error`. */
export type FeedStatus = "loading" | "ready" | "failed" | "extending" | "stalled";

/** The state of a view; valid until photos are changed on this page. */
export interface FeedSnapshot extends Page {
  readonly view: View;
  readonly end: Photo | null;
  readonly changes: number;
}

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

export class Feed extends Observable {
  readonly #fetchPage: FetchPage;
  #generation = 0;
  #cursor: string | null = null;
  /** The last photo of the last page, as it was then: the next page continues there. */
  #end: Photo | null = null;
  /** How often photos were changed on this page: a refresh that started before a change may miss it. */
  #changes = 0;
  #view: View | null = null;

  status: FeedStatus = "loading";
  photos: readonly Photo[] = [];
  error: unknown = null;

  constructor(fetchPage: FetchPage) {
    super();
    this.#fetchPage = fetchPage;
  }

  get view(): View | null {
    return this.#view;
  }

  /** Whether there are more pages. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Whether the view is loaded and has no photos. */
  get isEmpty(): boolean {
    return this.status === "ready" && this.photos.length === 0 && !this.hasMore;
  }

  /** Loads a view; the photos of the previous one stay until then. */
  async load(view: View): Promise<void> {
    const generation = (this.#generation += 1);
    this.#view = view;
    this.#setStatus("loading");
    try {
      const page = await this.#fetchPage(view, null, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos([], page.items, photoOrder(view));
      this.#cursor = page.cursor;
      this.#end = page.items.at(-1) ?? null;
      this.#setStatus("ready");
    } catch (error) {
      if (generation !== this.#generation) return;
      this.photos = [];
      this.#cursor = null;
      this.#end = null;
      this.#setStatus("failed", error);
    }
  }

  /** The current state; null while nothing is loaded. */
  snapshot(): FeedSnapshot | null {
    if (this.#view === null || this.status === "loading" || this.status === "failed") return null;
    return { view: this.#view, items: this.photos, cursor: this.#cursor, end: this.#end, changes: this.#changes };
  }

  /** Restores a snapshot; false if photos were changed since and the view must be loaded again. */
  restore({ view, items, cursor, end, changes }: FeedSnapshot): boolean {
    if (changes !== this.#changes) return false;
    this.#generation += 1;
    this.#view = view;
    this.photos = items;
    this.#cursor = cursor;
    this.#end = end;
    this.#setStatus("ready");
    return true;
  }

  /** Loads the next page; does nothing while one is loading or if there is none. */
  async loadMore(): Promise<void> {
    if (this.#view === null || this.#cursor === null) return;
    if (this.status !== "ready" && this.status !== "stalled") return;
    const generation = this.#generation;
    this.#setStatus("extending");
    try {
      const page = await this.#fetchPage(this.#view, this.#cursor, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos(this.photos, page.items, photoOrder(this.#view));
      this.#cursor = page.cursor;
      this.#end = page.items.at(-1) ?? this.#end;
      this.#setStatus("ready");
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#setStatus("stalled", error);
    }
  }

  /** Reloads the newest photos; returns whether anything changed. Throws the errors of the API. */
  async refresh(): Promise<boolean> {
    if (this.#view === null || this.status !== "ready") return false;
    const [generation, changes] = [this.#generation, this.#changes];
    const limit = Math.min(MAX_PAGE_SIZE, Math.max(PAGE_SIZE, this.photos.length));
    const page = await this.#fetchPage(this.#view, null, limit);
    if (generation !== this.#generation || changes !== this.#changes || this.#isLoadingMore()) return false;
    const { photos, reachesEnd } = reconcileFirstPage(this.photos, page, photoOrder(this.#view));
    if (reachesEnd) {
      this.#cursor = page.cursor;
      this.#end = page.items.at(-1) ?? null;
    }
    if (sameRecords(this.photos, photos)) return false;
    this.photos = photos;
    this.notifyWatchers();
    return true;
  }

  /** Adds or updates a photo if the view includes it; one that belongs on a later page is left to that page. */
  upsert(photo: Photo): void {
    if (this.#view === null || !viewIncludes(this.#view, photo)) return;
    const compare = photoOrder(this.#view);
    if (this.hasMore && this.#end !== null && compare(this.#end, photo) < 0) {
      this.#discard([photo.photo_id]);
      return;
    }
    this.photos = mergePhotos(this.photos, [photo], compare);
    this.notifyWatchers();
  }

  /** Updates photos that were changed on this page, and removes those that the view no longer includes. */
  applyChanges(photos: readonly Photo[]): void {
    this.#changes += 1;
    const view = this.#view;
    if (view === null) return;
    const excluded = photos.filter((photo) => !viewIncludes(view, photo)).map(({ photo_id }) => photo_id);
    this.remove(excluded);
    for (const photo of photos) this.upsert(photo);
  }

  /** Removes photos by id. */
  remove(photoIds: readonly string[]): void {
    this.#changes += 1;
    this.#discard(photoIds);
  }

  #discard(photoIds: readonly string[]): void {
    const removed = new Set(photoIds);
    const photos = this.photos.filter(({ photo_id }) => !removed.has(photo_id));
    if (photos.length === this.photos.length) return;
    this.photos = photos;
    this.notifyWatchers();
  }

  #isLoadingMore(): boolean {
    return this.status === "extending";
  }

  #setStatus(status: FeedStatus, error: unknown = null): void {
    this.status = status;
    this.error = error;
    this.notifyWatchers();
  }
}

/** Both lists in one, in order, each photo once; for duplicates the newcomer wins. */
export function mergePhotos(known: readonly Photo[], newcomers: readonly Photo[], compare = newestFirst): Photo[] {
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  for (const photo of newcomers) byId.set(photo.photo_id, photo);
  return [...byId.values()].sort(compare);
}

/**
 * The known photos, updated from a new first page: within its range the page wins, beyond it the known photos stay.
 *
 * A photo with an unchanged version keeps its record: the page may have new signed URLs, and a visible image would be
 * loaded again for nothing. `reachesEnd` is true if the list now ends where the page does.
 */
export function reconcileFirstPage(known: readonly Photo[], page: Page, compare = newestFirst): { photos: Photo[]; reachesEnd: boolean } {
  const last = page.items.at(-1);
  // An empty page that is not the last has no range: a search reads a limited number of rows.
  const isBeyond = (photo: Photo) => page.cursor !== null && (last === undefined || compare(last, photo) < 0);
  const beyond = known.filter(isBeyond);
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  const fresh = page.items.map((photo) => {
    const before = byId.get(photo.photo_id);
    return before?.version === photo.version ? before : photo;
  });
  return { photos: mergePhotos(beyond, fresh, compare), reachesEnd: beyond.length === 0 };
}

function sameRecords(a: readonly Photo[], b: readonly Photo[]): boolean {
  return a.length === b.length && a.every((photo, index) => photo === b[index]);
}
