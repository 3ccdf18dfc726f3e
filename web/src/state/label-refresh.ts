/**
 * Finding the labels of the user's photos again: asks the library for it, and follows its progress.
 *
 * The library's schedule does it, some photos every few minutes. The page polls only while it is watched.
 */
import type { components } from "../api/schema.d.ts";
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

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
  readonly #clock: Clock;
  readonly #backoff = new Backoff(POLL_DELAYS);
  #cancelPoll: () => void = () => undefined;
  #watching = false;

  status: "loading" | "ready" | "failed" = "loading";
  /** The last progress; null until it is loaded. */
  progress: LabelProgress | null = null;
  starting = false;
  /** The last error, or null. */
  error: unknown = null;

  constructor(api: LabelRefreshApi, clock: Clock) {
    super();
    this.#api = api;
    this.#clock = clock;
  }

  /** Loads the progress, and polls it while it is running. */
  async load(): Promise<void> {
    this.#watching = true;
    this.#update({ status: "loading", error: null });
    try {
      this.#update({ status: "ready", progress: await this.#api.getLabelRefresh() });
      this.#schedule();
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
      this.#backoff.reset();
      this.#schedule();
    } catch (error) {
      this.#update({ starting: false, error });
    }
  }

  /** Stops polling. */
  pause(): void {
    this.#watching = false;
    this.#cancelPoll();
  }

  /** Polls again. */
  resume(): void {
    if (this.#watching || this.status !== "ready") return;
    this.#watching = true;
    this.#backoff.reset();
    void this.#poll();
  }

  #schedule(): void {
    this.#cancelPoll();
    if (!this.#watching || this.progress?.state !== "running") return;
    this.#cancelPoll = this.#clock.after(this.#backoff.next(), () => void this.#poll());
  }

  /** After an error the known progress stays until the next poll. */
  async #poll(): Promise<void> {
    const before = this.progress;
    const progress = await this.#api.getLabelRefresh().catch(() => before);
    if (progress?.labeled !== before?.labeled) this.#backoff.reset();
    this.#update({ progress });
    this.#schedule();
  }

  #update(change: Partial<Pick<LabelRefresh, "status" | "progress" | "starting" | "error">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
