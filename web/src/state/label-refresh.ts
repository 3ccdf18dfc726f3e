/**
 * Finds the labels of the user's photos again: requests it from the library, and follows the progress.
 *
 * The library's schedule labels some photos every few minutes. The page polls only while the dialog is open.
 */
import type { components } from "../api/schema.d.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { Poller } from "./poller.ts";

export type LabelProgress = components["schemas"]["LabelRefresh"];

/** The API routes for labels that are found again. */
export interface LabelRefreshApi {
  getLabelRefresh(): Promise<LabelProgress>;
  /** Starts with the photos that have any of these tags, or with all; returns the progress. */
  refreshLabels(tags: readonly string[]): Promise<LabelProgress>;
}

/** Delays between two polls, ms: the first photos may be labeled at once, the others in the next runs of the schedule. */
const POLL_DELAYS = [2, 3, 5, 8, 13, 20, 30].map((seconds) => seconds * 1000);

export class LabelRefresh extends Observable {
  readonly #api: LabelRefreshApi;
  readonly #poller: Poller;

  status: "loading" | "ready" | "failed" = "loading";
  /** The last progress; null until it is loaded. */
  progress: LabelProgress | null = null;
  starting = false;
  /** The last error, or null. */
  error: unknown = null;

  constructor(api: LabelRefreshApi, clock: Clock) {
    super();
    this.#api = api;
    this.#poller = new Poller(
      { isInProgress: () => this.progress?.state === "running", poll: () => this.#poll(), delays: POLL_DELAYS },
      clock,
    );
  }

  /** Loads the progress, and polls it while it is running. */
  async load(): Promise<void> {
    this.#poller.watch();
    this.#update({ status: "loading", error: null });
    try {
      this.#update({ status: "ready", progress: await this.#api.getLabelRefresh() });
      this.#poller.schedule();
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Starts with the photos that have any of these tags, or with all. */
  async start(tags: readonly string[]): Promise<void> {
    if (this.starting) return;
    this.#update({ starting: true, error: null });
    try {
      this.#update({ starting: false, progress: await this.#api.refreshLabels(tags) });
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
    if (this.status === "ready") this.#poller.resume();
  }

  /** Loads the progress; returns whether there was any. After an error the known progress stays. */
  async #poll(): Promise<boolean> {
    const before = this.progress;
    const progress = await this.#api.getLabelRefresh().catch(() => before);
    this.#update({ progress });
    return progress?.labeled !== before?.labeled;
  }

  #update(change: Partial<Pick<LabelRefresh, "status" | "progress" | "starting" | "error">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
