/**
 * Moves photos smoothly to their new places when others are added or removed, instead of at once.
 */

/** What moves: a day, and the photos within it. */
const PARTS = ".day, .grid > li";
const DURATION = 280;

export class GridMotion {
  readonly #grid: HTMLElement;
  #before: ReadonlyMap<Element, DOMRect> = new Map();

  constructor(grid: HTMLElement) {
    this.#grid = grid;
  }

  /** Remembers where everything is, before an update; nothing moves for users who prefer that. */
  start(): void {
    if (!matchMedia("(prefers-reduced-motion: no-preference)").matches) return;
    this.#before = this.#measure();
  }

  /** Starts to move what has another place, after an update. */
  finish(): void {
    if (this.#before.size === 0) return;
    const [before, after] = [this.#before, this.#measure()];
    this.#before = new Map();
    for (const [part, now] of after) {
      const then = before.get(part);
      if (then === undefined) continue;
      const day = part.parentElement?.closest(".day") ?? null;
      const [dayThen, dayNow] = day === null ? [] : [before.get(day), after.get(day)];
      // A photo moves with its day, and within it.
      const x = then.left - now.left - ((dayThen?.left ?? 0) - (dayNow?.left ?? 0));
      const y = then.top - now.top - ((dayThen?.top ?? 0) - (dayNow?.top ?? 0));
      if (x === 0 && y === 0) continue;
      part.animate({ transform: [`translate(${x}px, ${y}px)`, "none"] }, { duration: DURATION, easing: "ease-out" });
    }
  }

  #measure(): ReadonlyMap<Element, DOMRect> {
    return new Map([...this.#grid.querySelectorAll(PARTS)].map((part) => [part, part.getBoundingClientRect()]));
  }
}
