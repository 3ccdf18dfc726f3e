/**
 * The photos being shown: pages as they are asked for, and what changes meanwhile.
 *
 * Between the API (a page at a time, newest first) and the gallery. Each photo stands in it once, whatever
 * overlaps: a page, a fresh look at the newest ones, a photo that has just become ready.
 */
import { Observable } from "../core/observable.ts";
import { newestFirst, type Photo } from "./photo.ts";
import { viewIncludes, type View } from "./view.ts";

export interface Page {
  readonly items: readonly Photo[];
  readonly cursor: string | null;
}

/** Fetches up to `limit` photos of a view, those after `cursor`. */
export type FetchPage = (view: View, cursor: string | null, limit: number) => Promise<Page>;

/** loading: a new view; extending: the next page; failed and stalled: neither came, see `problem`. */
export type FeedStatus = "loading" | "ready" | "failed" | "extending" | "stalled";

/** A view as it was left; of use until photos are changed here. */
export interface FeedSnapshot extends Page {
  readonly view: View;
  readonly changes: number;
}

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

export class Feed extends Observable {
  readonly #fetchPage: FetchPage;
  #generation = 0;
  #cursor: string | null = null;
  /** How often photos were changed here: a fresh look that began before may not know of it yet. */
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

  /** Whether the library has photos beyond those loaded. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Begins a view anew; the photos of the one before stay until the new ones are here. */
  async load(view: View): Promise<void> {
    const generation = (this.#generation += 1);
    this.#view = view;
    this.#setStatus("loading");
    try {
      const page = await this.#fetchPage(view, null, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos([], page.items);
      this.#cursor = page.cursor;
      this.#setStatus("ready");
    } catch (problem) {
      if (generation !== this.#generation) return;
      this.photos = [];
      this.#cursor = null;
      this.#setStatus("failed", problem);
    }
  }

  /** The view as it is now; null while it has nothing to show. */
  snapshot(): FeedSnapshot | null {
    if (this.#view === null || this.status === "loading" || this.status === "failed") return null;
    return { view: this.#view, items: this.photos, cursor: this.#cursor, changes: this.#changes };
  }

  /** Shows a view again as it was left; false if photos were changed here since, and it must be asked for anew. */
  restore({ view, items, cursor, changes }: FeedSnapshot): boolean {
    if (changes !== this.#changes) return false;
    this.#generation += 1;
    this.#view = view;
    this.photos = items;
    this.#cursor = cursor;
    this.#setStatus("ready");
    return true;
  }

  /** Loads the next page; does nothing while one is on its way or when there is none. */
  async loadMore(): Promise<void> {
    if (this.#view === null || this.#cursor === null) return;
    if (this.status !== "ready" && this.status !== "stalled") return;
    const generation = this.#generation;
    this.#setStatus("extending");
    try {
      const page = await this.#fetchPage(this.#view, this.#cursor, PAGE_SIZE);
      if (generation !== this.#generation) return;
      this.photos = mergePhotos(this.photos, page.items);
      this.#cursor = page.cursor;
      this.#setStatus("ready");
    } catch (problem) {
      if (generation !== this.#generation) return;
      this.#setStatus("stalled", problem);
    }
  }

  /** Looks once more at the newest photos; true if anything had changed. Throws what the API throws. */
  async refresh(): Promise<boolean> {
    if (this.#view === null || this.status !== "ready") return false;
    const [generation, changes] = [this.#generation, this.#changes];
    const limit = Math.min(MAX_PAGE_SIZE, Math.max(PAGE_SIZE, this.photos.length));
    const page = await this.#fetchPage(this.#view, null, limit);
    if (generation !== this.#generation || changes !== this.#changes || this.#isLoadingMore()) return false;
    const { photos, reachesEnd } = reconcileFirstPage(this.photos, page);
    if (reachesEnd) this.#cursor = page.cursor;
    if (sameRecords(this.photos, photos)) return false;
    this.photos = photos;
    this.notifyWatchers();
    return true;
  }

  /** Takes in a photo that has just become ready, or changed, if the view shows such photos. */
  upsert(photo: Photo): void {
    if (this.#view === null || !viewIncludes(this.#view, photo)) return;
    const oldest = this.photos.at(-1);
    const known = this.photos.some((other) => other.photo_id === photo.photo_id);
    if (!known && this.hasMore && oldest !== undefined && newestFirst(oldest, photo) < 0) return;
    this.photos = mergePhotos(this.photos, [photo]);
    this.notifyWatchers();
  }

  /** Takes in photos that somebody changed here: each in its place, if it still has one in the view. */
  applyChanges(photos: readonly Photo[]): void {
    this.#changes += 1;
    const view = this.#view;
    if (view === null) return;
    const left = photos.filter((photo) => !viewIncludes(view, photo)).map(({ photo_id }) => photo_id);
    this.remove(left);
    for (const photo of photos) this.upsert(photo);
  }

  /** These are gone. */
  remove(photoIds: readonly string[]): void {
    this.#changes += 1;
    const gone = new Set(photoIds);
    const photos = this.photos.filter(({ photo_id }) => !gone.has(photo_id));
    if (photos.length === this.photos.length) return;
    this.photos = photos;
    this.notifyWatchers();
  }

  #isLoadingMore(): boolean {
    return this.status === "extending";
  }

  #setStatus(status: FeedStatus, problem: unknown = null): void {
    this.status = status;
    this.error = problem;
    this.notifyWatchers();
  }
}

/** Both lists as one, newest first, each photo once; of two records the newcomer wins. */
export function mergePhotos(known: readonly Photo[], newcomers: readonly Photo[]): Photo[] {
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  for (const photo of newcomers) byId.set(photo.photo_id, photo);
  return [...byId.values()].sort(newestFirst);
}

/**
 * What is known, corrected by a fresh first page: within its reach the page is right, beyond it what we had stays.
 *
 * A photo in the version we know keeps its record: its signed addresses may be written anew in the page, and an
 * image on the screen would be loaded again for nothing. `reachesEnd` says that the list now ends where the page does.
 */
export function reconcileFirstPage(known: readonly Photo[], page: Page): { photos: Photo[]; reachesEnd: boolean } {
  const last = page.items.at(-1);
  // An empty page that is not the last one has no reach: a search looks at so many photos at a time.
  const isBeyond = (photo: Photo) => page.cursor !== null && (last === undefined || newestFirst(last, photo) < 0);
  const beyond = known.filter(isBeyond);
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  const fresh = page.items.map((photo) => {
    const before = byId.get(photo.photo_id);
    return before?.version === photo.version ? before : photo;
  });
  return { photos: mergePhotos(beyond, fresh), reachesEnd: beyond.length === 0 };
}

function sameRecords(a: readonly Photo[], b: readonly Photo[]): boolean {
  return a.length === b.length && a.every((photo, place) => photo === b[place]);
}

