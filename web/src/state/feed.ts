/**
 * The photos of the current view: the pages loaded so far, and changes since.
 *
 * It sits between the API (one page at a time, newest first) and the gallery. Each photo is in it once, even if pages,
 * refreshes and new photos overlap.
 */
import { HttpError, NetworkError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import type { Unmatched } from "./chips.ts";
import { mergePhotos, type Page, type PhotoTotal, reconcileFirstPage, sameRecords } from "./photo-list.ts";
import { newestFirst, type Photo, sortedAt } from "./photo.ts";
import { dayAfter, endOfDay, lastDayOf } from "./months.ts";
import { photoOrder, viewIncludes, type View } from "./view.ts";

/** Fetches up to `limit` photos of a view after `cursor`, newest first; with `count`, also how many there are. */
export type FetchPage = (view: View, cursor: string | null, limit: number, count?: boolean) => Promise<Page>;

/** loading: a new view; extending: the next page; failed and stalled: an error of either, see `error`. */
export type FeedStatus = "loading" | "ready" | "failed" | "extending" | "stalled";

/** The photos that are newer than the loaded ones: there are none, there may be some, a page of them is loading, or that failed. */
export type NewerStatus = "none" | "more" | "loading" | "stalled";

/** The state of a view; valid until photos are changed on this page. */
export interface FeedSnapshot extends Page {
  readonly view: View;
  readonly at: string | null;
  readonly end: Photo | null;
  readonly newer: NewerPages;
  readonly total: PhotoTotal | null;
  readonly changes: number;
}

/** How far the pages of newer photos are loaded. */
interface NewerPages {
  readonly status: NewerStatus;
  readonly cursor: string | null;
  /** The last photo of the last page, as it was then; null before the first page. */
  readonly end: Photo | null;
}

const NO_NEWER: NewerPages = { status: "none", cursor: null, end: null };

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

export class Feed extends Observable {
  readonly #fetchPage: FetchPage;
  readonly #fetchNewer: FetchPage;
  #generation = 0;
  #cursor: string | null = null;
  /** The last photo of the last page, as it was then: the next page continues there. */
  #end: Photo | null = null;
  /** How often photos were changed on this page: a refresh that started before a change may miss it. */
  #changes = 0;
  #view: View | null = null;
  #at: string | null = null;
  #newer = NO_NEWER;
  #loadingMore = Promise.resolve();
  #loadingNewer = Promise.resolve();

  status: FeedStatus = "loading";
  photos: readonly Photo[] = [];
  error: unknown = null;
  /** How many photos the view has; null if it is not known, as for an album. */
  total: PhotoTotal | null = null;
  /** The filters that nothing matches, if the search found nothing. */
  unmatched: readonly Unmatched[] = [];

  /** `fetchNewer` returns the photos of a view oldest first. */
  constructor(fetchPage: FetchPage, fetchNewer: FetchPage) {
    super();
    this.#fetchPage = fetchPage;
    this.#fetchNewer = fetchNewer;
  }

  get view(): View | null {
    return this.#view;
  }

  /** The month (YYYY-MM) at which the photos were loaded first; null: at the newest. */
  get at(): string | null {
    return this.#at;
  }

  get newer(): NewerStatus {
    return this.#newer.status;
  }

  /** Whether there are more pages. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Whether the view is loaded and has no photos. */
  get isEmpty(): boolean {
    return this.status === "ready" && this.photos.length === 0 && !this.hasMore;
  }

  /** Loads a view, its photos up to a month (YYYY-MM) if one is given; the photos of the previous view stay until then. */
  async load(view: View, at: string | null = null): Promise<void> {
    const generation = (this.#generation += 1);
    this.#view = view;
    this.#at = at;
    this.#newer = NO_NEWER;
    this.#setStatus("loading");
    try {
      const page = await this.#fetchFirst(view);
      if (generation === this.#generation) this.#receiveFirst(view, page);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.photos = [];
      this.total = null;
      this.unmatched = [];
      this.#cursor = null;
      this.#end = null;
      this.#setStatus("failed", error);
    }
  }

  async #fetchFirst(view: View): Promise<Page> {
    return await this.#fetchPage(viewUntil(view, this.#at), null, PAGE_SIZE, this.#at === null && view.album === null);
  }

  #receiveFirst(view: View, page: Page): void {
    if (this.#at !== null) this.#newer = { ...NO_NEWER, status: "more" };
    this.photos = mergePhotos([], page.items, photoOrder(view));
    this.total = page.found ?? null;
    this.unmatched = page.unmatched ?? [];
    this.#cursor = page.cursor;
    this.#end = page.items.at(-1) ?? null;
    this.#setStatus("ready");
  }

  /** Resolves once no view is being loaded, whether that succeeded or not. */
  async settled(): Promise<void> {
    if (this.status !== "loading") return;
    await new Promise<void>((resolve) => {
      const stop = this.watch(() => {
        if (this.status === "loading") return;
        stop();
        resolve();
      });
    });
  }

  /** The current state; null while nothing is loaded. */
  snapshot(): FeedSnapshot | null {
    if (this.#view === null || this.status === "loading" || this.status === "failed") return null;
    const newer = this.newer === "loading" ? { ...this.#newer, status: "more" as const } : this.#newer;
    const [items, cursor, end] = [this.photos, this.#cursor, this.#end];
    return { view: this.#view, at: this.#at, items, cursor, end, newer, total: this.total, changes: this.#changes };
  }

  /** Restores a snapshot; false if photos were changed since and the view must be loaded again. */
  restore({ view, at, items, cursor, end, newer, total, changes }: FeedSnapshot): boolean {
    if (changes !== this.#changes) return false;
    this.#generation += 1;
    this.#view = view;
    this.#at = at;
    this.#newer = newer;
    this.photos = items;
    this.total = total;
    this.unmatched = [];
    this.#cursor = cursor;
    this.#end = end;
    this.#setStatus("ready");
    return true;
  }

  /** Loads the next page if there is one; resolves when it is loaded, also if it was loading already. */
  async loadMore(): Promise<void> {
    const canLoad = this.status === "ready" || this.status === "stalled";
    if (canLoad && this.#view !== null && this.#cursor !== null) this.#loadingMore = this.#loadNext(this.#view, this.#cursor);
    await this.#loadingMore;
  }

  async #loadNext(view: View, cursor: string): Promise<void> {
    const generation = this.#generation;
    this.#setStatus("extending");
    try {
      const page = await this.#fetchPage(viewUntil(view, this.#at), cursor, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos(this.photos, page.items, photoOrder(view));
      this.#cursor = page.cursor;
      this.#end = page.items.at(-1) ?? this.#end;
      this.#setStatus("ready");
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#setStatus("stalled", error);
    }
  }

  /** Loads the next page of newer photos if there is one; resolves when it is loaded, also if it was loading already. */
  async loadNewer(): Promise<void> {
    const canLoad = this.newer === "more" || this.newer === "stalled";
    if (canLoad && this.#view !== null && this.#at !== null) this.#loadingNewer = this.#loadNewerPage(this.#view, this.#at);
    await this.#loadingNewer;
  }

  async #loadNewerPage(view: View, at: string): Promise<void> {
    const generation = this.#generation;
    this.#setNewer({ ...this.#newer, status: "loading" });
    try {
      const page = await this.#fetchNewer({ ...view, from: dayAfter(lastDayOf(at)) }, this.#newer.cursor, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos(this.photos, page.items);
      this.#setNewer({ status: page.cursor === null ? "none" : "more", cursor: page.cursor, end: page.items.at(-1) ?? this.#newer.end });
    } catch {
      if (generation === this.#generation) this.#setNewer({ ...this.#newer, status: "stalled" });
    }
  }

  /** Reloads the first page, also after it failed to load; returns whether anything changed. Throws the errors of the API. */
  async refresh(): Promise<boolean> {
    if (this.#view !== null && this.status === "failed" && mayPass(this.error)) return await this.#recover(this.#view);
    if (this.#view === null || this.status !== "ready") return false;
    const [generation, changes] = [this.#generation, this.#changes];
    const limit = Math.min(MAX_PAGE_SIZE, Math.max(PAGE_SIZE, this.photos.length));
    const reachesNewest = this.newer === "none";
    const page = await this.#fetchPage(reachesNewest ? this.#view : viewUntil(this.#view, this.#at), null, limit);
    if (generation !== this.#generation || changes !== this.#changes || this.#isLoadingMore()) return false;
    const newer = this.photos.filter((photo) => !reachesNewest && isAfter(photo, this.#at));
    const { photos: reloaded, reachesEnd } = reconcileFirstPage(this.photos.slice(newer.length), page, photoOrder(this.#view));
    const photos = [...newer, ...reloaded];
    if (reachesEnd) {
      this.#cursor = page.cursor;
      this.#end = page.items.at(-1) ?? null;
    }
    if (sameRecords(this.photos, photos)) return false;
    this.#setPhotos(photos);
    return true;
  }

  /** Loads a view that failed to load; the error stays until its photos arrive. */
  async #recover(view: View): Promise<boolean> {
    const generation = this.#generation;
    const page = await this.#fetchFirst(view);
    if (generation !== this.#generation) return false;
    this.#receiveFirst(view, page);
    return true;
  }

  /** Adds or updates photos that the view includes; one that belongs on a later page is left to that page. */
  upsert(...photos: readonly Photo[]): void {
    const view = this.#view;
    const included = view === null ? [] : photos.filter((photo) => viewIncludes(view, photo));
    if (view === null || included.length === 0) return;
    const compare = photoOrder(view);
    if (compare === null) {
      // Where a new photo belongs, only the API knows.
      const known = new Set(this.photos.map(({ photo_id }) => photo_id));
      const updated = included.filter(({ photo_id }) => known.has(photo_id));
      if (updated.length > 0) this.#setPhotos(mergePhotos(this.photos, updated, null));
      return;
    }
    const isOnOtherPage = (photo: Photo) => {
      const isOlder = this.hasMore && this.#end !== null && compare(this.#end, photo) < 0;
      return isOlder || this.#isOnNewerPage(photo);
    };
    this.#discard(included.filter(isOnOtherPage).map(({ photo_id }) => photo_id));
    const here = included.filter((photo) => !isOnOtherPage(photo));
    if (here.length > 0) this.#setPhotos(mergePhotos(this.photos, here, compare));
  }

  /** Updates photos that were changed on this page, and removes those that the view no longer includes. */
  applyChanges(photos: readonly Photo[]): void {
    this.#changes += 1;
    const view = this.#view;
    if (view === null) return;
    const excluded = photos.filter((photo) => !viewIncludes(view, photo)).map(({ photo_id }) => photo_id);
    this.remove(excluded);
    this.upsert(...photos);
  }

  /** Replaces all photos, as after ordering them by hand; there are no more pages then. */
  replace(photos: readonly Photo[]): void {
    this.#changes += 1;
    this.#cursor = null;
    this.#end = null;
    this.#setPhotos(photos);
  }

  /** Removes photos by id. */
  remove(photoIds: readonly string[]): void {
    this.#changes += 1;
    this.#discard(photoIds);
  }

  #discard(photoIds: readonly string[]): void {
    const removed = new Set(photoIds);
    const photos = this.photos.filter(({ photo_id }) => !removed.has(photo_id));
    if (photos.length < this.photos.length) this.#setPhotos(photos);
  }

  /** Sets the photos after a change, which the total follows. */
  #setPhotos(photos: readonly Photo[]): void {
    const { total } = this;
    const change = photos.length - this.photos.length;
    if (total?.exact === true) this.total = { photos: total.photos + change, exact: true };
    this.photos = photos;
    this.notifyWatchers();
  }

  #isOnNewerPage(photo: Photo): boolean {
    const { status, end } = this.#newer;
    return status !== "none" && (end === null ? isAfter(photo, this.#at) : newestFirst(photo, end) < 0);
  }

  #setNewer(newer: NewerPages): void {
    this.#newer = newer;
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

/** Whether an error may pass by itself: the library, or the connection to it, was down. */
function mayPass(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof HttpError && error.status >= 500);
}

/** The photos of a view up to a month; all if it is null. */
function viewUntil(view: View, month: string | null): View {
  return month === null ? view : { ...view, to: lastDayOf(month) };
}

function isAfter(photo: Photo, month: string | null): boolean {
  return month !== null && sortedAt(photo) >= endOfDay(lastDayOf(month));
}
