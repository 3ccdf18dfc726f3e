/**
 * Actions on the selected photos: the selection bar, the batch operations, and the toast that undoes them.
 */
import type { Clock } from "../core/clock.ts";
import { lazyImport } from "../core/lazy-import.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import { openSelectionBar } from "../elements/selection-bar.ts";
import { describeOutcome, selectionStrings } from "../i18n/selection.ts";
import type { Album } from "../state/albums.ts";
import {
  BatchActions,
  type BatchApi,
  type BatchChange,
  type BatchOperation,
  type BatchOutcome,
  type PagedOperation,
} from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Feed } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import type { Selection } from "../state/selection.ts";
import { Toaster } from "../state/toaster.ts";
import type { View } from "../state/view.ts";

export interface SelectionContext {
  readonly feed: Feed;
  readonly selection: Selection;
  readonly api: BatchApi;
  readonly clock: Clock;
  readonly completions: Completions;
  readonly gallery: PhotoGallery;
  readonly view: () => View;
  /** The album in view. */
  readonly album: () => Album | null;
  /** Photos were edited: tag counts may have changed. */
  readonly onPhotosChanged: () => void;
  /** Opens the download dialog for photos. */
  readonly download: (photoIds: readonly string[]) => void;
  /** Opens the dialog that adds photos to an album. */
  readonly addToAlbum: (photos: readonly Photo[]) => void;
  /** Makes a photo the cover of the album in view. */
  readonly setCover: (photo: Photo) => void;
  /** Opens the dialog that shares photos. */
  readonly share: (photoIds: readonly string[]) => void;
}

const loadDateDialog = lazyImport(() => import("../elements/date-dialog.ts"));

export class SelectionActions {
  readonly #context: SelectionContext;
  /** The operations, of which one is under way at a time. */
  readonly batch: BatchActions;
  readonly #toaster: Toaster;

  /** `onLoadError` is called if a dialog did not load. */
  constructor(context: SelectionContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    const [batch, toaster] = [new BatchActions(context.api), new Toaster(context.clock)];
    [this.batch, this.#toaster] = [batch, toaster];
    const { selection, feed, completions, view, album } = context;
    openSelectionBar(
      {
        selection,
        batch,
        completions,
        toaster,
        view,
        album,
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
        addToAlbum: () => {
          context.addToAlbum(this.#selectedPhotos());
        },
        setCover: () => {
          const [photo] = this.#selectedPhotos();
          if (photo !== undefined) context.setCover(photo);
          selection.clear();
        },
        share: () => {
          context.share(this.#selectedPhotos().map(({ photo_id }) => photo_id));
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

  /** Performs an operation and shows its outcome in a toast, with the title of the album that it changes. */
  async perform(operation: BatchOperation, albumTitle: string | null = null): Promise<BatchOutcome | null> {
    return this.#report(await this.batch.perform(operation), albumTitle);
  }

  /** Performs an operation on photos that are loaded meanwhile, and shows its outcome in a toast. */
  async performOnPages(operation: PagedOperation, albumTitle: string | null): Promise<BatchOutcome | null> {
    return this.#report(await this.batch.performOnPages(operation), albumTitle);
  }

  /** Shows a message in the toast; `undo` takes back what it reports. */
  showMessage(message: string, undo: (() => void) | null): void {
    this.#toaster.show({ message, errors: [], undo });
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
    await this.#withSelected(async (photos) => this.#report(await this.batch.deletePermanently(photos)));
  }

  async #undo(operations: readonly BatchOperation[]): Promise<void> {
    const outcomes: BatchOutcome[] = [];
    for (const operation of operations) {
      const outcome = await this.batch.perform(operation);
      if (outcome !== null) outcomes.push(outcome);
    }
    const failures = outcomes.flatMap((each) => each.failures);
    for (const outcome of outcomes) this.#applyChanges(outcome);
    // A photo that is back in an album has a place there that only the API knows.
    if (this.#context.view().album !== null) await this.#context.feed.refresh().catch(() => false);
    this.#showToast(failures.length === 0 ? selectionStrings.undone : selectionStrings.undoFailed(failures.length), failures, []);
  }

  #report(outcome: BatchOutcome | null, albumTitle: string | null = null): BatchOutcome | null {
    if (outcome === null) return null;
    const { failures, undo } = outcome;
    this.#applyChanges(outcome);
    this.#showToast(describeOutcome(outcome, albumTitle), failures, undo);
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
              if (this.batch.progress === null) void this.#undo(undo);
              else this.#showToast(message, failures, undo);
            },
    });
  }

  #applyChanges({ change, done }: BatchOutcome): void {
    const { feed, onPhotosChanged } = this.#context;
    const hasLeft = change.action === "delete" || (change.action === "remove_from_album" && change.album_id === feed.view?.album);
    if (hasLeft) feed.remove(done.map(({ photo_id }) => photo_id));
    else feed.applyChanges(done);
    onPhotosChanged();
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
