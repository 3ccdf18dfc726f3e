/**
 * Selecting photos in the grid. The actions, the selection bar and the toast are loaded with the first selection.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { BatchActions, BatchOutcome, BatchOperation, PagedOperation } from "../state/batch-actions.ts";
import type { Photo } from "../state/photo.ts";
import { isSelectable } from "../state/selection.ts";
import type { SelectionActions, SelectionContext } from "./selection-actions.ts";

export class PhotoSelection {
  readonly #context: SelectionContext;
  readonly #onLoadError: (error: unknown) => void;
  readonly #load = lazyImport(async () => {
    const { SelectionActions } = await import("./selection-actions.ts");
    return (this.#actions = new SelectionActions(this.#context, this.#onLoadError));
  });
  #actions: SelectionActions | null = null;
  /** The photos that are loaded in the grid. */
  #loaded: readonly Photo[] = [];

  /** `onLoadError` is called if the actions did not load. */
  constructor(context: SelectionContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    this.#onLoadError = onLoadError;
    context.feed.watch(this.#followFeed);
    document.addEventListener("keydown", (event) => {
      this.#handleKey(event);
    });
  }

  /** Toggles a photo; with `range`, selects everything from the last toggled photo to this one. */
  select(photoId: string, range: boolean): void {
    const { selection, feed } = this.#context;
    const photo = feed.photos.find(({ photo_id }) => photo_id === photoId);
    if (photo === undefined) return;
    if (range) selection.extendTo(photo, feed.photos.filter(isSelectable));
    else selection.toggle(photo);
    this.loadActions();
  }

  /** Selects photos, or deselects them if all of them are selected. */
  toggleAll(photoIds: readonly string[]): void {
    const { selection, feed } = this.#context;
    const wanted = new Set(photoIds);
    const photos = feed.photos.filter(({ photo_id }) => wanted.has(photo_id));
    if (photos.every(({ photo_id }) => selection.selected.has(photo_id))) selection.remove(photoIds);
    else selection.add(photos);
    this.loadActions();
  }

  /** Loads the actions if photos are selected; called again after a failure. */
  loadActions(): void {
    if (this.#context.selection.size > 0 && this.#actions === null) this.#load().catch(this.#onLoadError);
  }

  /** Performs an operation and shows its outcome in a toast, with the title of the album that it changes. */
  async perform(operation: BatchOperation, albumTitle: string | null = null): Promise<BatchOutcome | null> {
    return await (await this.#load()).perform(operation, albumTitle);
  }

  /** Performs an operation on photos that are loaded meanwhile, and shows its outcome in a toast. */
  async performOnPages(operation: PagedOperation, albumTitle: string | null): Promise<BatchOutcome | null> {
    return await (await this.#load()).performOnPages(operation, albumTitle);
  }

  /** The operations, of which one is under way at a time. */
  async batch(): Promise<BatchActions> {
    return (await this.#load()).batch;
  }

  /** Opens the dialog that empties the trash. */
  async emptyTrash(): Promise<void> {
    await (await this.#load()).emptyTrash();
  }

  /** Shows a message in the toast; `undo` takes back what it reports. */
  async showToast(message: string, undo: (() => void) | null = null): Promise<void> {
    (await this.#load()).showMessage(message, undo);
  }

  clear(): void {
    this.#context.selection.clear();
  }

  /** Deselects photos that have left the grid. Those that were never loaded there stay selected. */
  #followFeed = (): void => {
    const { feed, selection } = this.#context;
    if (feed.photos === this.#loaded) return;
    const [before, now] = [this.#loaded, new Set(feed.photos.map(({ photo_id }) => photo_id))];
    this.#loaded = feed.photos;
    if (selection.size === 0) return;
    selection.update(feed.photos);
    selection.remove(before.map(({ photo_id }) => photo_id).filter((photoId) => !now.has(photoId)));
  };

  #handleKey(event: KeyboardEvent): void {
    const isOverlayOpen = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || isOverlayOpen || isTyping(event.target)) return;
    if (event.key === "Escape" && this.#actions?.cancelSelecting() !== true) this.clear();
    const hasControl = event.ctrlKey || event.metaKey;
    if (event.key === "z" && hasControl && this.#actions?.undo() === true) event.preventDefault();
    if (event.key === "a" && hasControl && !event.shiftKey && !event.altKey && this.#canSelectAll()) {
      event.preventDefault();
      this.#load()
        .then((actions) => actions.selectAll())
        .catch(this.#onLoadError);
    }
  }

  /** Whether the grid is displayed and has photos that can be selected; else Ctrl+A selects the text of the page. */
  #canSelectAll(): boolean {
    const { feed, gallery } = this.#context;
    return gallery.checkVisibility() && feed.photos.some(isSelectable);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
