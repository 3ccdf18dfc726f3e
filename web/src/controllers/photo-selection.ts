/**
 * Selecting photos in the grid. The actions, the selection bar and the toast are loaded with the first selection.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { BatchActions, BatchOutcome, BatchOperation, PagedOperation } from "../state/batch-actions.ts";
import type { SelectionActions, SelectionContext } from "./selection-actions.ts";

export class PhotoSelection {
  readonly #context: SelectionContext;
  readonly #onLoadError: (error: unknown) => void;
  readonly #load = lazyImport(async () => {
    const { SelectionActions } = await import("./selection-actions.ts");
    return (this.#actions = new SelectionActions(this.#context, this.#onLoadError));
  });
  #actions: SelectionActions | null = null;

  /** `onLoadError` is called if the actions did not load. */
  constructor(context: SelectionContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    this.#onLoadError = onLoadError;
    context.feed.watch(() => {
      context.selection.retain(context.feed.photos.map(({ photo_id }) => photo_id));
    });
    document.addEventListener("keydown", (event) => {
      this.#handleKey(event);
    });
  }

  /** Toggles a photo; with `range`, selects everything from the last toggled photo to this one. */
  select(photoId: string, range: boolean): void {
    const { selection, feed } = this.#context;
    const ownPhotoIds = feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id);
    if (range) selection.extendTo(photoId, ownPhotoIds);
    else selection.toggle(photoId);
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

  /** Shows a message in the toast; `undo` takes back what it reports. */
  async showToast(message: string, undo: (() => void) | null = null): Promise<void> {
    (await this.#load()).showMessage(message, undo);
  }

  clear(): void {
    this.#context.selection.clear();
  }

  #handleKey(event: KeyboardEvent): void {
    const isOverlayOpen = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || isOverlayOpen || isTyping(event.target)) return;
    if (event.key === "Escape") this.#context.selection.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && this.#actions?.undo() === true) event.preventDefault();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
