/**
 * Photos chosen for something that is to be done with several at once.
 */
import { Observable } from "../core/observable.ts";

export class Selection extends Observable {
  /** The photo chosen last by itself: a range begins there. */
  #anchor: string | null = null;

  selected: ReadonlySet<string> = new Set();

  get size(): number {
    return this.selected.size;
  }

  /** One photo more, or one fewer. */
  toggle(photoId: string): void {
    const chosen = new Set(this.selected);
    if (!chosen.delete(photoId)) chosen.add(photoId);
    this.#anchor = photoId;
    this.#setSelected(chosen);
  }

  /** Everything between the photo chosen last and this one, both with it, as they stand in `order`. */
  extendTo(photoId: string, order: readonly string[]): void {
    const [from, to] = [order.indexOf(this.#anchor ?? ""), order.indexOf(photoId)];
    if (from < 0 || to < 0) {
      this.toggle(photoId);
      return;
    }
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#setSelected(new Set([...this.selected, ...range]));
  }

  /** Exactly these. */
  replace(photoIds: readonly string[]): void {
    this.#setSelected(new Set(photoIds));
  }

  /** None any more. */
  clear(): void {
    this.replace([]);
  }

  /** Of those chosen, the ones that are still there. */
  retain(photoIds: readonly string[]): void {
    const there = new Set(photoIds);
    this.replace([...this.selected].filter((photoId) => there.has(photoId)));
  }

  #setSelected(chosen: ReadonlySet<string>): void {
    if (chosen.size === 0) this.#anchor = null;
    if (chosen.size === this.size && [...chosen].every((photoId) => this.selected.has(photoId))) return;
    this.selected = chosen;
    this.notifyWatchers();
  }
}
