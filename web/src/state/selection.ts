/**
 * Photos chosen for something that is to be done with several at once.
 */
import { Observable } from "../core/observable.ts";

export class Selection extends Observable {
  /** The photo chosen last by itself: a range begins there. */
  #anchor: string | null = null;

  chosen: ReadonlySet<string> = new Set();

  get size(): number {
    return this.chosen.size;
  }

  /** One photo more, or one fewer. */
  toggle(photoId: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(photoId)) chosen.add(photoId);
    this.#anchor = photoId;
    this.#become(chosen);
  }

  /** Everything between the photo chosen last and this one, both with it, as they stand in `order`. */
  extend(photoId: string, order: readonly string[]): void {
    const [from, to] = [order.indexOf(this.#anchor ?? ""), order.indexOf(photoId)];
    if (from < 0 || to < 0) {
      this.toggle(photoId);
      return;
    }
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#become(new Set([...this.chosen, ...range]));
  }

  /** Exactly these. */
  choose(photoIds: readonly string[]): void {
    this.#become(new Set(photoIds));
  }

  /** None any more. */
  clear(): void {
    this.choose([]);
  }

  /** Of those chosen, the ones that are still there. */
  keepOnly(photoIds: readonly string[]): void {
    const there = new Set(photoIds);
    this.choose([...this.chosen].filter((photoId) => there.has(photoId)));
  }

  #become(chosen: ReadonlySet<string>): void {
    if (chosen.size === 0) this.#anchor = null;
    if (chosen.size === this.size && [...chosen].every((photoId) => this.chosen.has(photoId))) return;
    this.chosen = chosen;
    this.changed();
  }
}
