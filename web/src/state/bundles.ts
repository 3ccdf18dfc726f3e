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

export interface SkippedPhoto {
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
  readonly skipped: readonly SkippedPhoto[];
}

/** What is wanted: all photos of these tags, and these photos. */
export interface BundleRequest {
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
export interface BundleApi {
  listLabels(): Promise<readonly Label[]>;
  listBundles(): Promise<readonly Bundle[]>;
  /** A bundle as it is now; null if there is none any more. */
  getBundle(bundleId: string): Promise<Bundle | null>;
  /** Begins a bundle; answers its id. */
  createBundle(order: BundleRequest): Promise<string>;
  cancelBundle(bundleId: string): Promise<void>;
}

/** Waits between two looks at a bundle that is being made, ms. */
const POLL_DELAYS = [1, 1, 2, 3, 5, 8, 13, 20].map((seconds) => seconds * 1000);

export class Bundles extends Observable {
  readonly #api: BundleApi;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(POLL_DELAYS);
  #cancelPoll: () => void = () => undefined;
  #watching = false;

  status: "loading" | "ready" | "failed" = "loading";
  labels: readonly Label[] = [];
  /** The newest first. */
  items: readonly Bundle[] = [];
  /** What went wrong last, or null. */
  error: unknown = null;
  creating = false;
  /** What is worth saying to somebody who listens. */
  announcement = "";

  constructor(porter: BundleApi, clock: Clock) {
    super();
    this.#api = porter;
    this.#clock = clock;
  }

  /** Loads labels and bundles, and watches those that are being made. */
  async start(): Promise<void> {
    this.#watching = true;
    this.#update({ status: "loading", error: null });
    try {
      const [labels, items] = await Promise.all([this.#api.listLabels(), this.#api.listBundles()]);
      this.#update({ status: "ready", labels: [...labels].sort(byCountDescending), items: [...items].sort(newestFirst) });
      this.#schedule();
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Nobody is looking. */
  pause(): void {
    this.#watching = false;
    this.#cancelPoll();
  }

  /** Somebody is looking again. */
  resume(): void {
    if (this.#watching || this.status !== "ready") return;
    this.#watching = true;
    this.#backoff.reset();
    void this.#poll();
  }

  /** Begins a bundle, one at a time; answers whether it was begun. */
  async create(order: BundleRequest): Promise<boolean> {
    if (this.creating) return false;
    this.#update({ creating: true, error: null });
    try {
      const made = await this.#api.getBundle(await this.#api.createBundle(order));
      this.#update({ creating: false, items: made === null ? this.items : [made, ...this.items] });
      this.#backoff.reset();
      this.#schedule();
      return true;
    } catch (error) {
      this.#update({ creating: false, error });
      return false;
    }
  }

  /** Ends a bundle, whatever became of it so far; answers whether it is gone. */
  async cancel(bundleId: string): Promise<boolean> {
    try {
      await this.#api.cancelBundle(bundleId);
      this.#update({ error: null, items: this.items.filter(({ bundle_id }) => bundle_id !== bundleId) });
      return true;
    } catch (error) {
      this.#update({ error });
      return false;
    }
  }

  #schedule(): void {
    this.#cancelPoll();
    if (!this.#watching || !this.items.some(isInProgress)) return;
    this.#cancelPoll = this.#clock.after(this.#backoff.next(), () => void this.#poll());
  }

  /** An outage passes: what is known stays, and the next look tells. */
  async #poll(): Promise<void> {
    for (const before of this.items.filter(isInProgress)) {
      const now = await this.#api.getBundle(before.bundle_id).catch(() => before);
      const known = this.items.find(({ bundle_id }) => bundle_id === before.bundle_id);
      if (known === undefined || now === before) continue;
      if (now === null) {
        this.#update({ items: this.items.filter((other) => other !== known) });
        continue;
      }
      if (completedFraction(now) !== completedFraction(before) || now.state !== before.state) this.#backoff.reset();
      this.#update({ items: this.items.map((other) => (other === known ? now : other)), announcement: milestone(before, now) ?? this.announcement });
    }
    this.#schedule();
  }

  #update(change: Partial<Pick<Bundles, "status" | "labels" | "items" | "error" | "creating" | "announcement">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}

/** Whether the library is still at work on it. */
export function isInProgress({ state }: Bundle): boolean {
  return state === "queued" || state === "building";
}

/** How much of a bundle is made, from 0 to 1. */
export function completedFraction({ state, progress }: Bundle): number {
  if (state === "ready") return 1;
  return progress.bytes === 0 ? 0 : Math.min(1, progress.bytes_done / progress.bytes);
}

/** What is worth saying of a bundle that went on: a quarter more, or the end; null where it is nothing new. */
export function milestone(before: Bundle, now: Bundle): string | null {
  if (now.state !== before.state && !isInProgress(now)) return now.state;
  const quarter = (bundle: Bundle) => Math.floor(completedFraction(bundle) * 4);
  return quarter(now) > quarter(before) ? `${quarter(now) * 25}%` : null;
}

function byCountDescending(a: Label, b: Label): number {
  return b.count - a.count || a.name.localeCompare(b.name);
}

function newestFirst(a: Bundle, b: Bundle): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at);
}
