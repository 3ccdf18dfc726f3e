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

export interface SelectionContext {
  readonly feed: Feed;
  readonly selection: Selection;
  readonly api: BatchApi;
  readonly clock: Clock;
  readonly completions: Completions;
  readonly gallery: PhotoGallery;
  readonly viewState: () => ViewState;
  /** Photos were changed: what is told of their tags may be another. */
  readonly onPhotosChanged: () => void;
  /** Photos are to be taken away. */
  readonly download: (photoIds: readonly string[]) => void;
}

export class SelectionActions {
  readonly #context: SelectionContext;
  readonly #batch: BatchActions;
  readonly #toaster: Toaster;

  constructor(parts: SelectionContext) {
    this.#context = parts;
    const [curation, toaster] = [new BatchActions(parts.api), new Toaster(parts.clock)];
    [this.#batch, this.#toaster] = [curation, toaster];
    const { selection, feed, completions, viewState } = parts;
    openSelectionBar({ selection, curation, completions, toaster, viewState }, {
      perform: (action, tags) => this.#performOnSelected(action, tags),
      deletePermanently: () => this.#deleteSelected(),
      download: () => {
        parts.download(this.#selectedPhotos().map(({ photo_id }) => photo_id));
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
    return this.#report(await this.#batch.perform(step));
  }

  /** Undoes what was done last; false if there is nothing to undo. */
  undo(): boolean {
    const undoable = Boolean(this.#toaster.toast?.undo);
    if (undoable) this.#toaster.undo();
    return undoable;
  }

  async #performOnSelected(action: BatchAction, tags: readonly string[]): Promise<void> {
    await this.#withSelected((photos) => this.act({ action, photos, tags }));
  }

  async #deleteSelected(): Promise<void> {
    await this.#withSelected(async (photos) => this.#report(await this.#batch.deletePermanently(photos)));
  }

  async #undo(steps: readonly BatchOperation[]): Promise<void> {
    const outcomes: BatchOutcome[] = [];
    for (const step of steps) {
      const outcome = await this.#batch.perform(step);
      if (outcome !== null) outcomes.push(outcome);
    }
    const [done, failures] = [outcomes.flatMap((each) => each.done), outcomes.flatMap((each) => each.failures)];
    this.#applyChanges(done);
    this.#showToast(failures.length === 0 ? selectionStrings.undone : selectionStrings.undoFailed(failures.length), failures, []);
  }

  #report(outcome: BatchOutcome | null): BatchOutcome | null {
    if (outcome === null) return null;
    const { action, done, failures, undo } = outcome;
    if (action === "erase") {
      this.#context.feed.remove(done.map(({ photo_id }) => photo_id));
      this.#context.onPhotosChanged();
    } else this.#applyChanges(done);
    this.#showToast(describeOutcome(outcome), failures, undo);
    return outcome;
  }

  #showToast(message: string, failures: BatchOutcome["failures"], undo: readonly BatchOperation[]): void {
    this.#toaster.show({
      message,
      errors: failures.map(({ photo, reason }) => `${photo.filename}: ${reason}`),
      undo: undo.length === 0 ? null : () => {
        // While something else is being done the way back stays open.
        if (this.#batch.progress === null) void this.#undo(undo);
        else this.#showToast(message, failures, undo);
      },
    });
  }

  #applyChanges(photos: readonly Photo[]): void {
    this.#context.feed.applyChanges(photos);
    this.#context.onPhotosChanged();
  }

  /** Afterwards what failed is chosen still; else the keyboard stands where the first photo stood. */
  async #withSelected(act: (photos: readonly Photo[]) => Promise<BatchOutcome | null>): Promise<void> {
    const { selection, feed, gallery } = this.#context;
    const place = feed.photos.findIndex((photo) => selection.selected.has(photo.photo_id));
    const outcome = await act(this.#selectedPhotos());
    if (outcome === null) return;
    selection.replace(outcome.failures.map(({ photo }) => photo.photo_id));
    if (selection.size > 0) return;
    await gallery.updateComplete;
    gallery.focusIndex(place);
  }

  #selectedPhotos(): readonly Photo[] {
    const { feed, selection } = this.#context;
    return feed.photos.filter(({ photo_id }) => selection.selected.has(photo_id));
  }
}
