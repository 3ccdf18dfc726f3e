/**
 * One's own photos that the library is still processing, whichever way they came in.
 *
 * They stand before the timeline until they are in it. What is learnt of one of them meanwhile counts at once; an
 * answer that may not know of it yet is dropped, the next look will tell.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./feed.ts";
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
   * Looks again, then lets `refresh` bring what has become ready, so that no photo is missing in between. True if
   * either found anything new; what cannot be asked stays as it is, and what `refresh` throws is thrown.
   */
  async refresh(refresh: () => Promise<boolean> = () => Promise.resolve(false)): Promise<boolean> {
    const generation = (this.#generation += 1);
    const page = await this.#fetch().catch(() => null);
    const refreshed = await refresh();
    const known = page !== null && generation === this.#generation;
    return (known && this.#setPhotos(page.items)) || refreshed;
  }

  /** A photo's record has come from elsewhere. */
  update(photo: Photo): void {
    const others = this.photos.filter(({ photo_id }) => photo_id !== photo.photo_id);
    const [was, is] = [others.length < this.photos.length, photo.state === "processing"];
    if (!was && !is) return;
    this.#generation += 1;
    if (was !== is) this.#setPhotos(is ? [...others, photo].sort(newestFirst) : others);
  }

  /** Somebody else is looking, or nobody any more. */
  clear(): void {
    this.#generation += 1;
    this.#setPhotos([]);
  }

  #setPhotos(photos: readonly Photo[]): boolean {
    const same = photos.length === this.photos.length && photos.every(({ photo_id }, place) => photo_id === this.photos[place]?.photo_id);
    if (same) return false;
    this.photos = photos;
    this.notifyWatchers();
    return true;
  }
}

/** Photos underway before those of the timeline, each once: one that is in the timeline has arrived. */
export function prependProcessing(photos: readonly Photo[], underway: readonly Photo[]): readonly Photo[] {
  if (underway.length === 0) return photos;
  const arrived = new Set(photos.map(({ photo_id }) => photo_id));
  return [...underway.filter(({ photo_id }) => !arrived.has(photo_id)), ...photos];
}
