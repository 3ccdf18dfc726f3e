/**
 * The user's own photos that are still processing, however they were uploaded.
 *
 * The gallery shows them before the timeline until they are in it. An update of one photo takes effect at once, and a
 * response that was requested before it is dropped.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./photo-list.ts";
import { newestFirst, type Photo } from "./photo.ts";

export class ProcessingPhotos extends Observable {
  readonly #fetch: () => Promise<Page>;
  #generation = 0;

  photos: readonly Photo[] = [];

  constructor(fetchProcessing: () => Promise<Page>) {
    super();
    this.#fetch = fetchProcessing;
  }

  /**
   * Reloads the list, then calls `refreshFeed` to load what has become ready, so that no photo is missing in between.
   * Returns whether either found changes. On an error the list stays; errors of `refreshFeed` are thrown.
   */
  async refresh(refreshFeed: () => Promise<boolean> = () => Promise.resolve(false)): Promise<boolean> {
    const generation = (this.#generation += 1);
    const page = await this.#fetch().catch(() => null);
    const refreshed = await refreshFeed();
    const known = page !== null && generation === this.#generation;
    return (known && this.#setPhotos(page.items)) || refreshed;
  }

  /** Updates one photo from elsewhere. */
  update(photo: Photo): void {
    const others = this.photos.filter(({ photo_id }) => photo_id !== photo.photo_id);
    const [was, is] = [others.length < this.photos.length, photo.state === "processing"];
    if (!was && !is) return;
    this.#generation += 1;
    if (was !== is) this.#setPhotos(is ? [...others, photo].sort(newestFirst) : others);
  }

  #setPhotos(photos: readonly Photo[]): boolean {
    const same = photos.length === this.photos.length && photos.every(({ photo_id }, index) => photo_id === this.photos[index]?.photo_id);
    if (same) return false;
    this.photos = photos;
    this.notifyWatchers();
    return true;
  }
}

/** The photos in processing before those of the timeline, each once. */
export function prependProcessing(photos: readonly Photo[], processing: readonly Photo[]): readonly Photo[] {
  if (processing.length === 0) return photos;
  const known = new Set(photos.map(({ photo_id }) => photo_id));
  return [...processing.filter(({ photo_id }) => !known.has(photo_id)), ...photos];
}
