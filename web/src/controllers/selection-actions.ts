/**
 * Actions on the selected photos: the selection bar, the batch operations, and the toast that undoes them.
 */
import type { Clock } from "../core/clock.ts";
import { lazyImport } from "../core/lazy-import.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import { openSelectionBar } from "../elements/selection-bar.ts";
import { explain } from "../i18n/common.ts";
import { describeFailures, describeOutcome, selectionStrings } from "../i18n/selection.ts";
import type { Album } from "../state/albums.ts";
import {
  BatchActions,
  type BatchApi,
  type BatchChange,
  type BatchOperation,
  type BatchFailure,
  type BatchOutcome,
  type PagedOperation,
  photosThatLeft,
} from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { Feed, FetchPage } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import { isSelectable, type Selection } from "../state/selection.ts";
import { Toaster } from "../state/toaster.ts";
import { isFiltered, type View } from "../state/view.ts";
import { ViewReader } from "../state/view-reader.ts";

export interface SelectionContext {
  readonly feed: Feed;
  readonly selection: Selection;
  readonly fetchPage: FetchPage;
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

/** How many photos one link can share; an album can have more. */
const MAX_SHARED_PHOTOS = 500;

const loadEmptyTrashDialog = lazyImport(() => import("../elements/empty-trash-dialog.ts"));
const loadDateDialog = lazyImport(() => import("../elements/date-dialog.ts"));

export class SelectionActions {
  readonly #context: SelectionContext;
  /** The operations, of which one is under way at a time. */
  readonly batch: BatchActions;
  readonly #toaster: Toaster;
  /** Reads the photos of the view that are not loaded. */
  readonly #reader: ViewReader;
  #isUndoing = false;
  /** The view that was last selected as a whole. */
  #completeView: View | null = null;

  /** `onLoadError` is called if a dialog did not load. */
  constructor(context: SelectionContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    const [batch, toaster] = [new BatchActions(context.api), new Toaster(context.clock)];
    [this.batch, this.#toaster] = [batch, toaster];
    const { selection, completions, view, album } = context;
    const reader = (this.#reader = new ViewReader(context.fetchPage));
    selection.watch(() => {
      if (selection.size === 0) this.#completeView = null;
    });
    openSelectionBar(
      {
        selection,
        batch,
        reader,
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
        download: () => {
          context.download(this.#selectedPhotos().map(({ photo_id }) => photo_id));
        },
        addToAlbum: () => {
          context.addToAlbum(this.#selectedPhotos());
        },
        setCover: () => {
          const [photo] = this.#selectedPhotos();
          if (photo !== undefined) context.setCover(photo);
        },
        share: () => {
          const photos = this.#selectedPhotos();
          if (photos.length > MAX_SHARED_PHOTOS) this.showMessage(selectionStrings.tooManyToShare(MAX_SHARED_PHOTOS), null);
          else context.share(photos.map(({ photo_id }) => photo_id));
        },
        selectAll: () => {
          this.selectAll().catch(onLoadError);
        },
        isAllSelected: () => this.#isAllSelected(),
        isUndoing: () => this.#isUndoing,
        clear: () => {
          const last = this.#selectedPhotos().at(-1)?.photo_id;
          selection.clear();
          if (last !== undefined) context.gallery.focusPhoto(last);
        },
      },
    );
  }

  /** Selects all photos of the view, also those that are not loaded; nothing changes if that is canceled. */
  async selectAll(): Promise<void> {
    const [{ feed, selection }, reader] = [this.#context, this.#reader];
    const { view } = feed;
    if (view === null || reader.progress !== null || this.batch.progress !== null) return;
    if (!feed.hasMore && feed.newer === "none") {
      selection.replace(feed.photos.filter(isSelectable));
      return;
    }
    const stop = feed.watch(() => {
      if (feed.view !== view) reader.cancel();
    });
    const outcome = await reader.read(view, this.#total(view));
    stop();
    if (outcome === null) return;
    const { error } = outcome;
    const photos = outcome.photos.filter(isSelectable);
    if (error === null) {
      selection.replace(photos);
      this.#completeView = view;
    } else {
      selection.add(photos);
      this.#toaster.show({ message: selectionStrings.partlySelected(selection.size), errors: [explain(error)], undo: null });
    }
  }

  /** Stops selecting all photos; false if that is not under way. */
  cancelSelecting(): boolean {
    const isSelecting = this.#reader.progress !== null;
    this.#reader.cancel();
    return isSelecting;
  }

  /** Performs an operation and shows its outcome in a toast, with the title of the album that it changes. */
  async perform(operation: BatchOperation, albumTitle: string | null = null): Promise<BatchOutcome | null> {
    return this.#report(await this.batch.perform(operation), albumTitle);
  }

  /** Performs an operation on photos that are loaded meanwhile, and shows its outcome in a toast. */
  async performOnPages(operation: PagedOperation, albumTitle: string | null): Promise<BatchOutcome | null> {
    return this.#report(await this.batch.performOnPages(operation), albumTitle);
  }

  /** Opens the dialog that deletes all photos in the trash permanently. */
  async emptyTrash(): Promise<void> {
    const { openEmptyTrashDialog } = await loadEmptyTrashDialog();
    if (this.batch.progress !== null) return;
    const deletePermanently = async (photos: readonly Photo[]) => {
      await this.perform({ change: { action: "delete_permanently" }, photos });
    };
    openEmptyTrashDialog({ reader: new ViewReader(this.#context.fetchPage), batch: this.batch, deletePermanently });
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

  /** Undoes an operation; what fails or is canceled can be undone again. */
  async #undo(operations: readonly BatchOperation[]): Promise<void> {
    const outcomes: BatchOutcome[] = [];
    this.#isUndoing = true;
    for (const operation of operations) {
      const outcome = await this.batch.perform(operation);
      if (outcome === null) break;
      outcomes.push(outcome);
      if (outcome.skipped > 0) break;
    }
    this.#isUndoing = false;
    for (const outcome of outcomes) this.#applyChanges(outcome);
    const undone = new Set(outcomes.flatMap(({ done }) => done.map(({ photo_id }) => photo_id)));
    const rest = operations
      .map(({ change, photos }) => ({ change, photos: photos.filter(({ photo_id }) => !undone.has(photo_id)) }))
      .filter(({ photos }) => photos.length > 0);
    // A photo that is back in an album has a place there that only the API knows.
    if (this.#context.view().album !== null) await this.#context.feed.refresh().catch(() => false);
    const missing = rest.reduce((sum, { photos }) => sum + photos.length, 0);
    const failures = outcomes.flatMap((each) => each.failures);
    this.#showToast(missing === 0 ? selectionStrings.undone : selectionStrings.undoFailed(missing), failures, rest);
  }

  #report(outcome: BatchOutcome | null, albumTitle: string | null = null): BatchOutcome | null {
    if (outcome === null) return null;
    const { failures, undo } = outcome;
    this.#applyChanges(outcome);
    this.#showToast(describeOutcome(outcome, albumTitle), failures, undo);
    return outcome;
  }

  #showToast(message: string, failures: readonly BatchFailure[], undo: readonly BatchOperation[]): void {
    this.#toaster.show({
      message,
      errors: describeFailures(failures),
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

  /** Shows changes in the grid; photos that the view no longer has are deselected, all others stay selected. */
  #applyChanges(outcome: BatchOutcome): void {
    const { feed, selection, onPhotosChanged } = this.#context;
    const selected = selection.photos;
    const left = feed.view === null ? new Set<string>() : photosThatLeft(outcome, feed.view);
    feed.remove([...left]);
    feed.applyChanges(outcome.done.filter(({ photo_id }) => !left.has(photo_id)));
    // A photo may have moved to a page that is not loaded.
    selection.add(selected);
    selection.update(outcome.done);
    selection.remove(left);
    onPhotosChanged();
  }

  /** Afterwards photos that were not changed stay selected, or all if there are none; without any, the focus returns to the first position. */
  async #withSelected(action: (photos: readonly Photo[]) => Promise<BatchOutcome | null>): Promise<void> {
    const { selection, feed, gallery } = this.#context;
    const index = feed.photos.findIndex((photo) => selection.selected.has(photo.photo_id));
    const outcome = await action(this.#selectedPhotos());
    if (outcome === null) return;
    if (outcome.failures.length + outcome.skipped > 0) selection.remove(outcome.done.map(({ photo_id }) => photo_id));
    if (selection.size > 0) return;
    await gallery.updateComplete;
    gallery.focusIndex(index);
  }

  /** The selected photos: those that are loaded in the order of the grid, then the others. */
  #selectedPhotos(): readonly Photo[] {
    const { feed, selection } = this.#context;
    const loaded = feed.photos.filter(({ photo_id }) => selection.selected.has(photo_id));
    const isLoaded = new Set(loaded.map(({ photo_id }) => photo_id));
    return [...loaded, ...selection.photos.filter(({ photo_id }) => !isLoaded.has(photo_id))];
  }

  #isAllSelected(): boolean {
    const { feed, selection } = this.#context;
    const isComplete = (!feed.hasMore && feed.newer === "none") || feed.view === this.#completeView;
    return isComplete && feed.photos.every((photo) => !isSelectable(photo) || selection.selected.has(photo.photo_id));
  }

  /** How many photos the view has; null if it is not known yet. */
  #total(view: View): number | null {
    const { feed, album } = this.#context;
    if (feed.total?.exact === true) return feed.total.photos;
    return view.album !== null && !isFiltered(view) ? (album()?.photos ?? null) : null;
  }
}
