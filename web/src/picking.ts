/**
 * Choosing photos in the grid. What can be done with them, and the bar and the line at the foot of the page, are
 * loaded with the first one chosen.
 */
import type { Acting, ActingParts } from "./acting.ts";
import type { Outcome, Step } from "./curation.ts";

export class Picking {
  readonly #parts: ActingParts;
  #loading: Promise<Acting> | null = null;
  #acting: Acting | null = null;

  constructor(parts: ActingParts) {
    this.#parts = parts;
    parts.feed.watch(() => {
      parts.selection.keepOnly(parts.feed.photos.map(({ photo_id }) => photo_id));
    });
    document.addEventListener("keydown", (event) => {
      this.#key(event);
    });
  }

  /** A photo is chosen, or let go; or everything from the one chosen before it. */
  pick(photoId: string, range: boolean): void {
    const { selection, feed } = this.#parts;
    const mine = feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id);
    if (range) selection.extend(photoId, mine);
    else selection.toggle(photoId);
    void this.#load();
  }

  /** Does something to photos, and tells of it. */
  async act(step: Step): Promise<Outcome | null> {
    return await (await this.#load()).act(step);
  }

  #key(event: KeyboardEvent): void {
    const elsewhere = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || elsewhere || isTyping(event.target)) return;
    if (event.key === "Escape") this.#parts.selection.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && this.#acting?.undo() === true) event.preventDefault();
  }

  async #load(): Promise<Acting> {
    this.#loading ??= import("./acting.ts").then(({ Acting }) => (this.#acting = new Acting(this.#parts)));
    return await this.#loading;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
