/**
 * What follows from photos being chosen: the bar at the foot of the page, what is done to the photos, and the line
 * that tells of it and undoes it.
 */
import type { Clock } from "../core/clock.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import { openSelectionBar } from "../elements/selection-bar.ts";
import { describeOutcome, selectionStrings } from "../i18n/selection.ts";
import { type BatchAction, BatchActions, type BatchApi, type BatchOutcome, type BatchOperation } from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Feed } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import type { Selection } from "../state/selection.ts";
import { Toaster } from "../state/toaster.ts";
import type { ViewState } from "../state/view.ts";

export interface ActingParts {
  readonly feed: Feed;
  readonly selection: Selection;
  readonly curator: BatchApi;
  readonly clock: Clock;
  readonly completions: Completions;
  readonly gallery: PhotoGallery;
  readonly shelf: () => ViewState;
  /** Photos were changed: what is told of their tags may be another. */
  readonly curated: () => void;
  /** Photos are to be taken away. */
  readonly takeAway: (photoIds: readonly string[]) => void;
}

export class Acting {
  readonly #parts: ActingParts;
  readonly #curation: BatchActions;
  readonly #toaster: Toaster;

  constructor(parts: ActingParts) {
    this.#parts = parts;
    const [curation, toaster] = [new BatchActions(parts.curator), new Toaster(parts.clock)];
    [this.#curation, this.#toaster] = [curation, toaster];
    const { selection, feed, completions, shelf } = parts;
    openSelectionBar({ selection, curation, completions, toaster, viewState: shelf }, {
      act: (action, tags) => this.#actOnChosen(action, tags),
      deletePermanently: () => this.#erase(),
      download: () => {
        parts.takeAway(this.#chosen().map(({ photo_id }) => photo_id));
      },
      selectAll: () => {
        selection.replace(feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id));
      },
      hasMore: () => feed.hasMore,
      clear: () => {
        const last = [...selection.selected].at(-1);
        selection.clear();
        if (last !== undefined) parts.gallery.focusPhoto(last);
      },
    });
  }

  /** Does something to photos, and tells of it. */
  async act(step: BatchOperation): Promise<BatchOutcome | null> {
    return this.#tell(await this.#curation.perform(step));
  }

  /** Undoes what was done last; false if there is nothing to undo. */
  undo(): boolean {
    const undoable = Boolean(this.#toaster.toast?.undo);
    if (undoable) this.#toaster.undo();
    return undoable;
  }

  async #actOnChosen(action: BatchAction, tags: readonly string[]): Promise<void> {
    await this.#moving((photos) => this.act({ action, photos, tags }));
  }

  async #erase(): Promise<void> {
    await this.#moving(async (photos) => this.#tell(await this.#curation.deletePermanently(photos)));
  }

  async #undo(steps: readonly BatchOperation[]): Promise<void> {
    const outcomes: BatchOutcome[] = [];
    for (const step of steps) {
      const outcome = await this.#curation.perform(step);
      if (outcome !== null) outcomes.push(outcome);
    }
    const [done, failures] = [outcomes.flatMap((each) => each.done), outcomes.flatMap((each) => each.failures)];
    this.#settle(done);
    this.#say(failures.length === 0 ? selectionStrings.undone : selectionStrings.notUndone(failures.length), failures, []);
  }

  #tell(outcome: BatchOutcome | null): BatchOutcome | null {
    if (outcome === null) return null;
    const { action, done, failures, undo } = outcome;
    if (action === "erase") {
      this.#parts.feed.remove(done.map(({ photo_id }) => photo_id));
      this.#parts.curated();
    } else this.#settle(done);
    this.#say(describeOutcome(outcome), failures, undo);
    return outcome;
  }

  #say(message: string, failures: BatchOutcome["failures"], undo: readonly BatchOperation[]): void {
    this.#toaster.show({
      message,
      errors: failures.map(({ photo, reason }) => `${photo.filename}: ${reason}`),
      undo: undo.length === 0 ? null : () => {
        // While something else is being done the way back stays open.
        if (this.#curation.progress === null) void this.#undo(undo);
        else this.#say(message, failures, undo);
      },
    });
  }

  #settle(photos: readonly Photo[]): void {
    this.#parts.feed.applyChanges(photos);
    this.#parts.curated();
  }

  /** Afterwards what failed is chosen still; else the keyboard stands where the first photo stood. */
  async #moving(act: (photos: readonly Photo[]) => Promise<BatchOutcome | null>): Promise<void> {
    const { selection, feed, gallery } = this.#parts;
    const place = feed.photos.findIndex((photo) => selection.selected.has(photo.photo_id));
    const outcome = await act(this.#chosen());
    if (outcome === null) return;
    selection.replace(outcome.failures.map(({ photo }) => photo.photo_id));
    if (selection.size > 0) return;
    await gallery.updateComplete;
    gallery.focusIndex(place);
  }

  #chosen(): readonly Photo[] {
    const { feed, selection } = this.#parts;
    return feed.photos.filter(({ photo_id }) => selection.selected.has(photo_id));
  }
}
