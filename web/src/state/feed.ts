/**
 * The photos being shown: pages as they are asked for, and what changes meanwhile.
 *
 * Between the API (a page at a time, newest first) and the gallery. Each photo stands in it once, whatever
 * overlaps: a page, a fresh look at the newest ones, a photo that has just become ready.
 */
import { Observable } from "../core/observable.ts";
import { newestFirst, type Photo } from "./photo.ts";
import { belongs, type View } from "./view.ts";

export interface Page {
  readonly items: readonly Photo[];
  readonly cursor: string | null;
}

/** Fetches up to `limit` photos of a view, those after `cursor`. */
export type FetchPage = (view: View, cursor: string | null, limit: number) => Promise<Page>;

/** loading: a new view; extending: the next page; failed and stalled: neither came, see `problem`. */
export type FeedStatus = "loading" | "ready" | "failed" | "extending" | "stalled";

/** A view as it was left; of use until photos are changed here. */
export interface Kept extends Page {
  readonly view: View;
  readonly changes: number;
}

const PAGE = 50;
const LARGEST_PAGE = 100;

export class Feed extends Observable {
  readonly #fetchPage: FetchPage;
  #generation = 0;
  #cursor: string | null = null;
  /** How often photos were changed here: a fresh look that began before may not know of it yet. */
  #changes = 0;
  #view: View | null = null;

  status: FeedStatus = "loading";
  photos: readonly Photo[] = [];
  problem: unknown = null;

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
  async show(view: View): Promise<void> {
    const generation = (this.#generation += 1);
    this.#view = view;
    this.#become("loading");
    try {
      const page = await this.#fetchPage(view, null, PAGE);
      if (generation !== this.#generation) return;
      this.photos = merge([], page.items);
      this.#cursor = page.cursor;
      this.#become("ready");
    } catch (problem) {
      if (generation !== this.#generation) return;
      this.photos = [];
      this.#cursor = null;
      this.#become("failed", problem);
    }
  }

  /** The view as it is now; null while it has nothing to show. */
  keep(): Kept | null {
    if (this.#view === null || this.status === "loading" || this.status === "failed") return null;
    return { view: this.#view, items: this.photos, cursor: this.#cursor, changes: this.#changes };
  }

  /** Shows a view again as it was left; false if photos were changed here since, and it must be asked for anew. */
  resume({ view, items, cursor, changes }: Kept): boolean {
    if (changes !== this.#changes) return false;
    this.#generation += 1;
    this.#view = view;
    this.photos = items;
    this.#cursor = cursor;
    this.#become("ready");
    return true;
  }

  /** Loads the next page; does nothing while one is on its way or when there is none. */
  async more(): Promise<void> {
    if (this.#view === null || this.#cursor === null) return;
    if (this.status !== "ready" && this.status !== "stalled") return;
    const generation = this.#generation;
    this.#become("extending");
    try {
      const page = await this.#fetchPage(this.#view, this.#cursor, PAGE);
      if (generation !== this.#generation) return;
      this.photos = merge(this.photos, page.items);
      this.#cursor = page.cursor;
      this.#become("ready");
    } catch (problem) {
      if (generation !== this.#generation) return;
      this.#become("stalled", problem);
    }
  }

  /** Looks once more at the newest photos; true if anything had changed. Throws what the API throws. */
  async refresh(): Promise<boolean> {
    if (this.#view === null || this.status !== "ready") return false;
    const [generation, changes] = [this.#generation, this.#changes];
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, this.photos.length));
    const page = await this.#fetchPage(this.#view, null, limit);
    if (generation !== this.#generation || changes !== this.#changes || this.#isExtending()) return false;
    const { photos, reachesEnd } = reconcile(this.photos, page);
    if (reachesEnd) this.#cursor = page.cursor;
    if (sameRecords(this.photos, photos)) return false;
    this.photos = photos;
    this.changed();
    return true;
  }

  /** Takes in a photo that has just become ready, or changed, if the view shows such photos. */
  add(photo: Photo): void {
    if (this.#view === null || !belongs(this.#view, photo)) return;
    const oldest = this.photos.at(-1);
    const known = this.photos.some((other) => other.photo_id === photo.photo_id);
    if (!known && this.hasMore && oldest !== undefined && newestFirst(oldest, photo) < 0) return;
    this.photos = merge(this.photos, [photo]);
    this.changed();
  }

  /** Takes in photos that somebody changed here: each in its place, if it still has one in the view. */
  settle(photos: readonly Photo[]): void {
    this.#changes += 1;
    const view = this.#view;
    if (view === null) return;
    const left = photos.filter((photo) => !belongs(view, photo)).map(({ photo_id }) => photo_id);
    this.lose(left);
    for (const photo of photos) this.add(photo);
  }

  /** These are gone. */
  lose(photoIds: readonly string[]): void {
    this.#changes += 1;
    const gone = new Set(photoIds);
    const photos = this.photos.filter(({ photo_id }) => !gone.has(photo_id));
    if (photos.length === this.photos.length) return;
    this.photos = photos;
    this.changed();
  }

  #isExtending(): boolean {
    return this.status === "extending";
  }

  #become(status: FeedStatus, problem: unknown = null): void {
    this.status = status;
    this.problem = problem;
    this.changed();
  }
}

/** Both lists as one, newest first, each photo once; of two records the newcomer wins. */
export function merge(known: readonly Photo[], newcomers: readonly Photo[]): Photo[] {
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
export function reconcile(known: readonly Photo[], page: Page): { photos: Photo[]; reachesEnd: boolean } {
  const last = page.items.at(-1);
  // An empty page that is not the last one has no reach: a search looks at so many photos at a time.
  const isBeyond = (photo: Photo) => page.cursor !== null && (last === undefined || newestFirst(last, photo) < 0);
  const beyond = known.filter(isBeyond);
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  const fresh = page.items.map((photo) => {
    const before = byId.get(photo.photo_id);
    return before?.version === photo.version ? before : photo;
  });
  return { photos: merge(beyond, fresh), reachesEnd: beyond.length === 0 };
}

function sameRecords(a: readonly Photo[], b: readonly Photo[]): boolean {
  return a.length === b.length && a.every((photo, place) => photo === b[place]);
}

