/**
 * The download of all photos of a shared link: the library packs them into one or more zip files in the background.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { type Bundle, isInProgress } from "./bundles.ts";
import { Poller } from "./poller.ts";

/** The API routes for the bundles of a shared link. */
export interface GuestBundleApi {
  /** Asks for a bundle of all photos; returns its id. */
  createBundle(): Promise<string>;
  /** The current state of a bundle; null if it does not exist. */
  getBundle(bundleId: string): Promise<Bundle | null>;
}

/** Delays between two polls, ms. */
const POLL_DELAYS = [1, 1, 2, 3, 5, 8, 13, 20].map((seconds) => seconds * 1000);

export class GuestBundle extends Observable {
  readonly #api: GuestBundleApi;
  readonly #poller: Poller;
  #bundleId: string | null = null;

  bundle: Bundle | null = null;
  starting = false;
  /** Why the bundle was not created, or null. */
  error: unknown = null;

  constructor(api: GuestBundleApi, clock: Clock) {
    super();
    this.#api = api;
    this.#poller = new Poller(
      {
        isInProgress: () => this.#bundleId !== null && (this.bundle === null || isInProgress(this.bundle)),
        poll: () => this.#poll(),
        delays: POLL_DELAYS,
      },
      clock,
    );
  }

  /** Watches the bundle; creates one if there is none, or the last one can't be downloaded. */
  async start(): Promise<void> {
    this.#poller.watch();
    if (this.starting || this.bundle?.state === "ready" || (this.bundle !== null && isInProgress(this.bundle))) {
      this.#poller.scheduleSoon();
      return;
    }
    this.#bundleId = null;
    this.#update({ starting: true, bundle: null, error: null });
    try {
      this.#bundleId = await this.#api.createBundle();
      this.#update({ starting: false });
      await this.#poll();
      this.#poller.scheduleSoon();
    } catch (error) {
      this.#update({ starting: false, error });
    }
  }

  /** Stops polling. */
  pause(): void {
    this.#poller.pause();
  }

  /** Polls again. */
  resume(): void {
    this.#poller.resume();
  }

  /** Loads the bundle; returns whether it progressed. After an error the known state stays. */
  async #poll(): Promise<boolean> {
    if (this.#bundleId === null) return false;
    const before = this.bundle;
    try {
      const bundle = await this.#api.getBundle(this.#bundleId);
      if (bundle === null) this.#bundleId = null;
      this.#update({ bundle });
      return bundle?.progress.photos_done !== before?.progress.photos_done;
    } catch {
      return false;
    }
  }

  #update(change: Partial<Pick<GuestBundle, "bundle" | "starting" | "error">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
