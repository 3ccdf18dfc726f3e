/**
 * Choosing photos in the grid. What can be done with them, and the bar and the line at the foot of the page, are
 * loaded with the first one chosen.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { BatchOutcome, BatchOperation } from "../state/batch-actions.ts";
import type { Acting, ActingParts } from "./selection-actions.ts";

export class Picking {
  readonly #parts: ActingParts;
  readonly #missing: (problem: unknown) => void;
  readonly #load = lazyImport(async () => {
    const { Acting } = await import("./selection-actions.ts");
    return (this.#acting = new Acting(this.#parts));
  });
  #acting: Acting | null = null;

  /** `missing` is called if what can be done with them did not load. */
  constructor(parts: ActingParts, missing: (problem: unknown) => void) {
    this.#parts = parts;
    this.#missing = missing;
    parts.feed.watch(() => {
      parts.selection.retain(parts.feed.photos.map(({ photo_id }) => photo_id));
    });
    document.addEventListener("keydown", (event) => {
      this.#key(event);
    });
  }

  /** A photo is chosen, or let go; or everything from the one chosen before it. */
  pick(photoId: string, range: boolean): void {
    const { selection, feed } = this.#parts;
    const mine = feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id);
    if (range) selection.extendTo(photoId, mine);
    else selection.toggle(photoId);
    this.resume();
  }

  /** What is chosen can be acted on: once more where that did not load before. */
  resume(): void {
    if (this.#parts.selection.size > 0 && this.#acting === null) this.#load().catch(this.#missing);
  }

  /** Does something to photos, and tells of it. */
  async act(step: BatchOperation): Promise<BatchOutcome | null> {
    return await (await this.#load()).act(step);
  }

  #key(event: KeyboardEvent): void {
    const elsewhere = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || elsewhere || isTyping(event.target)) return;
    if (event.key === "Escape") this.#parts.selection.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && this.#acting?.undo() === true) event.preventDefault();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
