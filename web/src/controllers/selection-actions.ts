/**
 * Actions on the selected photos: the selection bar, the batch operations, and the toast that undoes them.
 */
import type { Clock } from "../core/clock.ts";
import { lazyImport } from "../core/lazy-import.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import { openSelectionBar } from "../elements/selection-bar.ts";
import { describeOutcome, selectionStrings } from "../i18n/selection.ts";
import { BatchActions, type BatchApi, type BatchChange, type BatchOperation, type BatchOutcome } from "../state/batch-actions.ts";
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
  /** Photos were edited: tag counts may have changed. */
  readonly onPhotosChanged: () => void;
  /** Opens the download dialog for photos. */
  readonly download: (photoIds: readonly string[]) => void;
}

const loadDateDialog = lazyImport(() => import("../elements/date-dialog.ts"));

export class SelectionActions {
  readonly #context: SelectionContext;
  readonly #batch: BatchActions;
  readonly #toaster: Toaster;

  /** `onLoadError` is called if a dialog did not load. */
  constructor(context: SelectionContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    const [batch, toaster] = [new BatchActions(context.api), new Toaster(context.clock)];
    [this.#batch, this.#toaster] = [batch, toaster];
    const { selection, feed, completions, viewState } = context;
    openSelectionBar(
      {
        selection,
        batch,
        completions,
        toaster,
        viewState,
        areFavorites: () => this.#selectedPhotos().every(({ favorite }) => favorite === true),
      },
      {
        perform: (change) => this.#performOnSelected(change),
        editDates: () => {
          this.#editDates().catch(onLoadError);
        },
        deletePermanently: () => this.#deleteSelected(),
        download: () => {
          context.download(this.#selectedPhotos().map(({ photo_id }) => photo_id));
        },
        selectAll: () => {
          selection.replace(feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id));
        },
        hasMore: () => feed.hasMore,
        clear: () => {
          const last = [...selection.selected].at(-1);
          selection.clear();
          if (last !== undefined) context.gallery.focusPhoto(last);
        },
      },
    );
  }

  /** Performs an operation and shows its outcome in a toast. */
  async perform(operation: BatchOperation): Promise<BatchOutcome | null> {
    return this.#report(await this.#batch.perform(operation));
  }

  /** Undoes the last operation; false if there is none. */
  undo(): boolean {
    const undoable = Boolean(this.#toaster.toast?.undo);
    if (undoable) this.#toaster.undo();
    return undoable;
  }

  async #performOnSelected(change: BatchChange): Promise<void> {
    await this.#withSelected((photos) => this.perform({ change, photos }));
  }

  async #editDates(): Promise<void> {
    const { openDateDialog } = await loadDateDialog();
    const photos = this.#selectedPhotos();
    if (photos.length > 0) openDateDialog(photos, (change) => void this.#performOnSelected(change));
  }

  async #deleteSelected(): Promise<void> {
    await this.#withSelected(async (photos) => this.#report(await this.#batch.deletePermanently(photos)));
  }

  async #undo(operations: readonly BatchOperation[]): Promise<void> {
    const outcomes: BatchOutcome[] = [];
    for (const operation of operations) {
      const outcome = await this.#batch.perform(operation);
      if (outcome !== null) outcomes.push(outcome);
    }
    const [done, failures] = [outcomes.flatMap((each) => each.done), outcomes.flatMap((each) => each.failures)];
    this.#applyChanges(done);
    this.#showToast(failures.length === 0 ? selectionStrings.undone : selectionStrings.undoFailed(failures.length), failures, []);
  }

  #report(outcome: BatchOutcome | null): BatchOutcome | null {
    if (outcome === null) return null;
    const { change, done, failures, undo } = outcome;
    if (change.action === "delete") {
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
      undo:
        undo.length === 0
          ? null
          : () => {
              // While another operation runs, keep the undo available.
              if (this.#batch.progress === null) void this.#undo(undo);
              else this.#showToast(message, failures, undo);
            },
    });
  }

  #applyChanges(photos: readonly Photo[]): void {
    this.#context.feed.applyChanges(photos);
    this.#context.onPhotosChanged();
  }

  /** Afterwards the failed photos stay selected; if there are none, the focus returns to the first photo's position. */
  async #withSelected(action: (photos: readonly Photo[]) => Promise<BatchOutcome | null>): Promise<void> {
    const { selection, feed, gallery } = this.#context;
    const index = feed.photos.findIndex((photo) => selection.selected.has(photo.photo_id));
    const outcome = await action(this.#selectedPhotos());
    if (outcome === null) return;
    selection.replace(outcome.failures.map(({ photo }) => photo.photo_id));
    if (selection.size > 0) return;
    await gallery.updateComplete;
    gallery.focusIndex(index);
  }

  #selectedPhotos(): readonly Photo[] {
    const { feed, selection } = this.#context;
    return feed.photos.filter(({ photo_id }) => selection.selected.has(photo_id));
  }
}
