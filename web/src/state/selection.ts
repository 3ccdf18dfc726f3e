/**
 * The selected photos.
 */
import { Observable } from "../core/observable.ts";

export class Selection extends Observable {
  /** The last photo that was toggled: a range starts there. */
  #anchor: string | null = null;

  selected: ReadonlySet<string> = new Set();

  get size(): number {
    return this.selected.size;
  }

  /** Selects or deselects one photo. */
  toggle(photoId: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(photoId)) selected.add(photoId);
    this.#anchor = photoId;
    this.#setSelected(selected);
  }

  /** Selects everything from the last toggled photo to this one, inclusive, as ordered in `order`. */
  extendTo(photoId: string, order: readonly string[]): void {
    const [from, to] = [order.indexOf(this.#anchor ?? ""), order.indexOf(photoId)];
    if (from < 0 || to < 0) {
      this.toggle(photoId);
      return;
    }
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#setSelected(new Set([...this.selected, ...range]));
  }

  /** Selects exactly these photos. */
  replace(photoIds: readonly string[]): void {
    this.#setSelected(new Set(photoIds));
  }

  /** Deselects all photos. */
  clear(): void {
    this.replace([]);
  }

  /** Deselects all photos but these. */
  retain(photoIds: readonly string[]): void {
    const available = new Set(photoIds);
    this.replace([...this.selected].filter((photoId) => available.has(photoId)));
  }

  #setSelected(selected: ReadonlySet<string>): void {
    if (selected.size === 0) this.#anchor = null;
    if (selected.size === this.size && [...selected].every((photoId) => this.selected.has(photoId))) return;
    this.selected = selected;
    this.notifyWatchers();
  }
}
