/**
 * Bundles of photos to take away: those that are being made, and those that are ready.
 *
 * The library makes a bundle in its own time, a volume after the other; here it is asked how far it is, soon while there
 * is something new and ever less often while there is not, and only while somebody looks.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import type { Match } from "./view.ts";

export type BundleState = "queued" | "building" | "ready" | "failed" | "expired";

export interface Volume {
  readonly number: number;
  /** Where it lies, once it is made. */
  readonly url: string | null;
  readonly bytes: number;
  readonly photos: number;
}

export interface Skipped {
  readonly photo_id: string;
  readonly filename: string;
  readonly reason: string;
}

export interface Bundle {
  readonly bundle_id: string;
  readonly state: BundleState;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly reason: string | null;
  readonly progress: {
    readonly photos_done: number;
    readonly photos: number;
    readonly bytes_done: number;
    readonly bytes: number;
  };
  readonly volumes: readonly Volume[];
  readonly skipped: readonly Skipped[];
}

/** What is wanted: all photos of these tags, and these photos. */
export interface Order {
  readonly tags: readonly string[];
  readonly match: Match;
  readonly photo_ids: readonly string[];
  readonly notify: boolean;
}

/** A label of one's own library. */
export interface Label {
  readonly name: string;
  readonly count: number;
}

/** The library's part. */
export interface Porter {
  labels(): Promise<readonly Label[]>;
  bundles(): Promise<readonly Bundle[]>;
  /** A bundle as it is now; null if there is none any more. */
  bundle(bundleId: string): Promise<Bundle | null>;
  /** Begins a bundle; answers its id. */
  order(order: Order): Promise<string>;
  cancel(bundleId: string): Promise<void>;
}

/** Waits between two looks at a bundle that is being made, ms. */
const LOOKS = [1, 1, 2, 3, 5, 8, 13, 20].map((seconds) => seconds * 1000);

export class Bundles extends Observable {
  readonly #porter: Porter;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(LOOKS);
  #cancelLook: () => void = () => undefined;
  #awake = false;

  status: "loading" | "ready" | "failed" = "loading";
  labels: readonly Label[] = [];
  /** The newest first. */
  items: readonly Bundle[] = [];
  /** What went wrong last, or null. */
  problem: unknown = null;
  ordering = false;
  /** What is worth saying to somebody who listens. */
  said = "";

  constructor(porter: Porter, clock: Clock) {
    super();
    this.#porter = porter;
    this.#clock = clock;
  }

  /** Loads labels and bundles, and watches those that are being made. */
  async open(): Promise<void> {
    this.#awake = true;
    this.#become({ status: "loading", problem: null });
    try {
      const [labels, items] = await Promise.all([this.#porter.labels(), this.#porter.bundles()]);
      this.#become({ status: "ready", labels: [...labels].sort(mostFirst), items: [...items].sort(newestFirst) });
      this.#schedule();
    } catch (problem) {
      this.#become({ status: "failed", problem });
    }
  }

  /** Nobody is looking. */
  sleep(): void {
    this.#awake = false;
    this.#cancelLook();
  }

  /** Somebody is looking again. */
  wake(): void {
    if (this.#awake || this.status !== "ready") return;
    this.#awake = true;
    this.#backoff.reset();
    void this.#look();
  }

  /** Begins a bundle, one at a time; answers whether it was begun. */
  async order(order: Order): Promise<boolean> {
    if (this.ordering) return false;
    this.#become({ ordering: true, problem: null });
    try {
      const made = await this.#porter.bundle(await this.#porter.order(order));
      this.#become({ ordering: false, items: made === null ? this.items : [made, ...this.items] });
      this.#backoff.reset();
      this.#schedule();
      return true;
    } catch (problem) {
      this.#become({ ordering: false, problem });
      return false;
    }
  }

  /** Ends a bundle, whatever became of it so far; answers whether it is gone. */
  async cancel(bundleId: string): Promise<boolean> {
    try {
      await this.#porter.cancel(bundleId);
      this.#become({ problem: null, items: this.items.filter(({ bundle_id }) => bundle_id !== bundleId) });
      return true;
    } catch (problem) {
      this.#become({ problem });
      return false;
    }
  }

  #schedule(): void {
    this.#cancelLook();
    if (!this.#awake || !this.items.some(isMaking)) return;
    this.#cancelLook = this.#clock.after(this.#backoff.next(), () => void this.#look());
  }

  /** An outage passes: what is known stays, and the next look tells. */
  async #look(): Promise<void> {
    for (const before of this.items.filter(isMaking)) {
      const now = await this.#porter.bundle(before.bundle_id).catch(() => before);
      const known = this.items.find(({ bundle_id }) => bundle_id === before.bundle_id);
      if (known === undefined || now === before) continue;
      if (now === null) {
        this.#become({ items: this.items.filter((other) => other !== known) });
        continue;
      }
      if (share(now) !== share(before) || now.state !== before.state) this.#backoff.reset();
      this.#become({ items: this.items.map((other) => (other === known ? now : other)), said: milestone(before, now) ?? this.said });
    }
    this.#schedule();
  }

  #become(change: Partial<Pick<Bundles, "status" | "labels" | "items" | "problem" | "ordering" | "said">>): void {
    Object.assign(this, change);
    this.changed();
  }
}

/** Whether the library is still at work on it. */
export function isMaking({ state }: Bundle): boolean {
  return state === "queued" || state === "building";
}

/** How much of a bundle is made, from 0 to 1. */
export function share({ state, progress }: Bundle): number {
  if (state === "ready") return 1;
  return progress.bytes === 0 ? 0 : Math.min(1, progress.bytes_done / progress.bytes);
}

/** What is worth saying of a bundle that went on: a quarter more, or the end; null where it is nothing new. */
export function milestone(before: Bundle, now: Bundle): string | null {
  if (now.state !== before.state && !isMaking(now)) return now.state;
  const quarter = (bundle: Bundle) => Math.floor(share(bundle) * 4);
  return quarter(now) > quarter(before) ? `${quarter(now) * 25} %` : null;
}

function mostFirst(a: Label, b: Label): number {
  return b.count - a.count || a.name.localeCompare(b.name);
}

function newestFirst(a: Bundle, b: Bundle): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at);
}
