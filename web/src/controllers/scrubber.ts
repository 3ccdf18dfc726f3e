/**
 * The scrubber of the timeline: counts its months, and loads the element only for a library that has several.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { TimeScrubber } from "../elements/time-scrubber.ts";
import { sortedAt } from "../state/photo.ts";
import { type ScaleMonth, timeScale } from "../state/time-scale.ts";
import type { FetchStatistics } from "../state/statistics.ts";
import type { Scope } from "../state/view.ts";

const loadTimeScrubber = lazyImport(() => import("../elements/time-scrubber.ts"));

export class ScrubberController {
  readonly #fetchStatistics: FetchStatistics;
  readonly #gallery: PhotoGallery;
  #scales = new Map<Scope, readonly ScaleMonth[]>();
  /** The scope whose timeline the page shows; null while it shows something else. */
  #scope: Scope | null = null;
  #element: TimeScrubber | null = null;

  constructor(fetchStatistics: FetchStatistics, gallery: PhotoGallery) {
    this.#fetchStatistics = fetchStatistics;
    this.#gallery = gallery;
  }

  /** Forgets the months of the libraries, for another user. */
  clear(): void {
    this.#scales.clear();
  }

  /** Shows the scrubber of a scope's timeline; hides it for null. It is optional: errors leave the page without it. */
  async show(scope: Scope | null): Promise<void> {
    this.#scope = scope;
    if (this.#element !== null) this.#element.scale = [];
    if (scope === null) return;
    try {
      const scale = this.#scales.get(scope) ?? timeScale((await this.#fetchStatistics(scope)).months);
      this.#scales.set(scope, scale);
      if (scale.length === 0) return;
      const { createTimeScrubber } = await loadTimeScrubber();
      if (this.#scope !== scope) return;
      this.#element ??= this.#append(createTimeScrubber(() => this.#timeAtTop()));
      this.#element.scale = scale;
    } catch {
      // The next timeline tries again.
    }
  }

  #append(element: TimeScrubber): TimeScrubber {
    document.querySelector("main")?.append(element);
    return element;
  }

  #timeAtTop(): number | null {
    const photo = this.#gallery.photoAtTop;
    return photo === null ? null : sortedAt(photo);
  }
}
