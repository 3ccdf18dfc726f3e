/**
 * Choosing photos in the grid. What can be done with them, and the bar and the line at the foot of the page, are
 * loaded with the first one chosen.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { BatchOutcome, BatchOperation } from "../state/batch-actions.ts";
import type { SelectionActions, SelectionContext } from "./selection-actions.ts";

export class PhotoSelection {
  readonly #context: SelectionContext;
  readonly #onLoadError: (problem: unknown) => void;
  readonly #load = lazyImport(async () => {
    const { SelectionActions } = await import("./selection-actions.ts");
    return (this.#actions = new SelectionActions(this.#context));
  });
  #actions: SelectionActions | null = null;

  /** `missing` is called if what can be done with them did not load. */
  constructor(parts: SelectionContext, missing: (problem: unknown) => void) {
    this.#context = parts;
    this.#onLoadError = missing;
    parts.feed.watch(() => {
      parts.selection.retain(parts.feed.photos.map(({ photo_id }) => photo_id));
    });
    document.addEventListener("keydown", (event) => {
      this.#handleKey(event);
    });
  }

  /** A photo is chosen, or let go; or everything from the one chosen before it. */
  select(photoId: string, range: boolean): void {
    const { selection, feed } = this.#context;
    const mine = feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id);
    if (range) selection.extendTo(photoId, mine);
    else selection.toggle(photoId);
    this.loadActions();
  }

  /** What is chosen can be acted on: once more where that did not load before. */
  loadActions(): void {
    if (this.#context.selection.size > 0 && this.#actions === null) this.#load().catch(this.#onLoadError);
  }

  /** Does something to photos, and tells of it. */
  async perform(step: BatchOperation): Promise<BatchOutcome | null> {
    return await (await this.#load()).act(step);
  }

  #handleKey(event: KeyboardEvent): void {
    const elsewhere = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || elsewhere || isTyping(event.target)) return;
    if (event.key === "Escape") this.#context.selection.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && this.#actions?.undo() === true) event.preventDefault();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
