/**
 * Reads all photos of a view, page by page, with progress.
 */
import { Observable } from "../core/observable.ts";
import type { FetchPage } from "./feed.ts";
import type { Photo } from "./photo.ts";
import type { View } from "./view.ts";

export interface ReadProgress {
  readonly done: number;
  /** How many photos the view has; null if it is not known. */
  readonly total: number | null;
}

export interface ReadOutcome {
  /** The photos in the order of the view, each once. */
  readonly photos: readonly Photo[];
  /** Why there are not all photos of the view; null if there are. */
  readonly error: unknown;
}

const PAGE_SIZE = 100;

export class ViewReader extends Observable {
  readonly #fetchPage: FetchPage;
  #generation = 0;

  /** The progress of reading; null while nothing is read. */
  progress: ReadProgress | null = null;

  constructor(fetchPage: FetchPage) {
    super();
    this.#fetchPage = fetchPage;
  }

  /**
   * Reads a view, of which `total` photos are known to be there; null if it was canceled, also by reading another one.
   *
   * Photos that come meanwhile may be missing. An error ends reading.
   */
  async read(view: View, total: number | null = null): Promise<ReadOutcome | null> {
    const generation = (this.#generation += 1);
    const photos = new Map<string, Photo>();
    const isCurrent = () => generation === this.#generation;
    const end = (error: unknown): ReadOutcome | null => {
      if (!isCurrent()) return null;
      this.#setProgress(null);
      return { photos: [...photos.values()], error };
    };
    this.#setProgress({ done: 0, total });
    try {
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<FetchPage>> = await this.#fetchPage(view, cursor, PAGE_SIZE, total === null && cursor === null);
        if (!isCurrent()) return null;
        for (const photo of page.items) photos.set(photo.photo_id, photo);
        if (page.found?.exact === true) total = page.found.photos;
        this.#setProgress({ done: photos.size, total: total === null ? null : Math.max(total, photos.size) });
        cursor = page.cursor;
      } while (cursor !== null);
      return end(null);
    } catch (error) {
      return end(error);
    }
  }

  /** Stops reading. */
  cancel(): void {
    this.#generation += 1;
    if (this.progress !== null) this.#setProgress(null);
  }

  #setProgress(progress: ReadProgress | null): void {
    this.progress = progress;
    this.notifyWatchers();
  }
}
