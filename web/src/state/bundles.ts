/**
 * The user's bundles, ready or in progress.
 *
 * The library builds a bundle in the background, volume by volume. The page polls it: often while there is progress,
 * then less and less often, and only while the dialog is open.
 */
import type { components } from "../api/schema.d.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { Poller } from "./poller.ts";
import type { Statistics } from "./statistics.ts";
import type { Match } from "./view.ts";

export type Bundle = components["schemas"]["Bundle"];
export type BundleState = Bundle["state"];
export type Volume = Bundle["volumes"][number];
export type SkippedPhoto = Bundle["skipped"][number];

/** Originals as they were uploaded, or images of half their size. */
export type Variant = "original" | "resized";

/** The photos to bundle: all photos with these tags, those of an album, these photos, and those that a search finds. */
export interface BundleRequest {
  readonly tags?: readonly string[];
  readonly match?: Match;
  readonly photo_ids?: readonly string[];
  readonly album_id?: string;
  readonly query?: components["schemas"]["PhotoFilters"];
  /** Originals if it is not given. */
  readonly variant?: Variant;
  /** What the zip files are named after, if not the day. */
  readonly title?: string;
  readonly notify: boolean;
}

/** A label of the user's own library. */
export interface Label {
  readonly name: string;
  readonly count: number;
}

/** The API routes for bundles. */
export interface BundleApi {
  listLabels(): Promise<readonly Label[]>;
  /** How many photos the user has, by month. */
  getStatistics(scope: "mine"): Promise<Statistics>;
  listBundles(): Promise<readonly Bundle[]>;
  /** The current state of a bundle; null if it does not exist. */
  getBundle(bundleId: string): Promise<Bundle | null>;
  /** Creates a bundle; returns its id. */
  createBundle(order: BundleRequest): Promise<string>;
  deleteBundle(bundleId: string): Promise<void>;
}

/** Delays between two polls of bundles in progress, ms. */
const POLL_DELAYS = [1, 1, 2, 3, 5, 8, 13, 20].map((seconds) => seconds * 1000);

export class Bundles extends Observable {
  readonly #api: BundleApi;
  readonly #poller: Poller;

  status: "loading" | "ready" | "failed" = "loading";
  labels: readonly Label[] = [];
  library: Statistics = { photos: 0, bytes: 0, tags: 0, months: {}, as_of: null };
  /** Newest first. */
  items: readonly Bundle[] = [];
  /** The last error, or null. */
  error: unknown = null;
  creating = false;
  /** The id of the bundle to delete, while the user is asked to confirm. */
  toDelete: string | null = null;
  deleting = false;
  /** The latest announcement for screen readers. */
  announcement = "";

  constructor(api: BundleApi, clock: Clock) {
    super();
    this.#api = api;
    this.#poller = new Poller({ isInProgress: () => this.items.some(isInProgress), poll: () => this.#poll(), delays: POLL_DELAYS }, clock);
  }

  /** Loads labels and bundles, and polls those in progress. */
  async start(): Promise<void> {
    this.#poller.watch();
    this.#update({ status: "loading", error: null });
    try {
      const api = this.#api;
      const [labels, items, library] = await Promise.all([api.listLabels(), api.listBundles(), api.getStatistics("mine")]);
      this.#update({ status: "ready", library, labels: [...labels].sort(byCountDescending), items: [...items].sort(newestFirst) });
      this.#poller.schedule();
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Stops polling. */
  pause(): void {
    this.#poller.pause();
  }

  /** Polls again. */
  resume(): void {
    if (this.status === "ready") this.#poller.resume();
  }

  /** Creates bundles, one after the other up to the first error; returns how many. */
  async create(requests: readonly BundleRequest[]): Promise<number> {
    if (this.creating) return 0;
    this.#update({ creating: true, error: null });
    let created = 0;
    try {
      for (const request of requests) {
        const bundleId = await this.#api.createBundle(request);
        created += 1;
        const bundle = await this.#api.getBundle(bundleId);
        this.#update({ items: bundle === null ? this.items : [bundle, ...this.items] });
        this.#poller.scheduleSoon();
      }
      this.#update({ creating: false });
    } catch (error) {
      this.#update({ creating: false, error });
    }
    return created;
  }

  /** Asks the user to confirm that a bundle should be canceled or deleted. */
  askToDelete(bundleId: string): void {
    if (!this.deleting) this.#update({ toDelete: bundleId, error: null });
  }

  /** Keeps the bundle. */
  cancelDelete(): void {
    if (!this.deleting) this.#update({ toDelete: null, error: null });
  }

  /** Deletes the confirmed bundle, also while it is built; returns whether it did. */
  async delete(): Promise<boolean> {
    const bundleId = this.toDelete;
    if (bundleId === null) throw new Error("no bundle to delete");
    if (this.deleting) return false;
    this.#update({ deleting: true, error: null });
    try {
      await this.#api.deleteBundle(bundleId);
      this.#update({ deleting: false, toDelete: null, items: this.items.filter(({ bundle_id }) => bundle_id !== bundleId) });
      return true;
    } catch (error) {
      this.#update({ deleting: false, error });
      return false;
    }
  }

  /** Loads bundles in progress; returns whether one of them progressed. After an error the known state stays. */
  async #poll(): Promise<boolean> {
    let progressed = false;
    for (const before of this.items.filter(isInProgress)) {
      const now = await this.#api.getBundle(before.bundle_id).catch(() => before);
      const known = this.items.find(({ bundle_id }) => bundle_id === before.bundle_id);
      if (known === undefined || now === before) continue;
      if (now === null) {
        this.#update({ items: this.items.filter((other) => other !== known) });
        continue;
      }
      if (completedFraction(now) !== completedFraction(before) || now.state !== before.state) progressed = true;
      this.#update({
        items: this.items.map((other) => (other === known ? now : other)),
        announcement: milestone(before, now) ?? this.announcement,
      });
    }
    return progressed;
  }

  #update(
    change: Partial<
      Pick<Bundles, "status" | "labels" | "library" | "items" | "error" | "creating" | "toDelete" | "deleting" | "announcement">
    >,
  ): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}

/** Whether the library is still building the bundle. */
export function isInProgress({ state }: Bundle): boolean {
  return state === "queued" || state === "building";
}

/** The finished part of a bundle, from 0 to 1. */
export function completedFraction({ state, progress }: Bundle): number {
  if (state === "ready") return 1;
  return progress.bytes === 0 ? 0 : Math.min(1, progress.bytes_done / progress.bytes);
}

/** What to announce about a bundle: another quarter, or its end; null if there is nothing new. */
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
