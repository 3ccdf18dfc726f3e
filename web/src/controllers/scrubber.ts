/**
 * The scrubber of the timeline: counts its months, and loads the element only for a library that has several.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { TimeScrubber } from "../elements/time-scrubber.ts";
import { sortedAt } from "../state/photo.ts";
import { type ScaleMonth, timeScale, type TimelineTop } from "../state/time-scale.ts";
import type { FetchStatistics } from "../state/statistics.ts";
import type { Scope } from "../state/view.ts";

const loadTimeScrubber = lazyImport(() => import("../elements/time-scrubber.ts"));

export class ScrubberController {
  readonly #fetchStatistics: FetchStatistics;
  readonly #gallery: PhotoGallery;
  #scales = new Map<Scope, readonly ScaleMonth[]>();
  /** The scope whose timeline the page shows; null while it shows something else. */
  #scope: Scope | null = null;
  /** The month that its photos begin at; null: at the newest. */
  #at: string | null = null;
  #element: TimeScrubber | null = null;

  constructor(fetchStatistics: FetchStatistics, gallery: PhotoGallery) {
    this.#fetchStatistics = fetchStatistics;
    this.#gallery = gallery;
  }

  /** Forgets the months of the libraries, for another user. */
  clear(): void {
    this.#scales.clear();
    void this.show(null, null);
  }

  /**
   * Shows the scrubber of a scope's timeline, at a month (YYYY-MM) if its photos begin there; hides it for the scope null. It is
   * optional: errors leave the page without it.
   */
  async show(scope: Scope | null, month: string | null): Promise<void> {
    // The scrubber of the same timeline stays, and keeps the focus.
    if (this.#element !== null && scope !== this.#scope) this.#element.scale = [];
    this.#scope = scope;
    this.#at = month;
    if (scope === null) return;
    try {
      const scale = this.#scales.get(scope) ?? timeScale((await this.#fetchStatistics(scope)).months);
      this.#scales.set(scope, scale);
      if (scale.length === 0) return;
      const { createTimeScrubber } = await loadTimeScrubber();
      if (this.#scope !== scope || this.#at !== month) return;
      this.#element ??= this.#append(createTimeScrubber(() => this.#top()));
      this.#element.scale = scale;
      this.#element.month = month ?? scale[0]?.month ?? null;
    } catch {
      // The next timeline tries again.
    }
  }

  #append(element: TimeScrubber): TimeScrubber {
    document.querySelector("main")?.append(element);
    return element;
  }

  #top(): TimelineTop | null {
    const photos = this.#gallery.photosAtTop;
    const [first, last] = [photos[0], photos.at(-1)];
    if (first === undefined || last === undefined) return null;
    return { newest: sortedAt(first), oldest: sortedAt(last), loading: this.#gallery.state?.status === "loading" };
  }
}
