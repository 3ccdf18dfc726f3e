/**
 * A library in figures: how many photos, how much they weigh, how many tags; and how many are of each month.
 */
import { Observable } from "../core/observable.ts";
import type { Scope } from "./view.ts";

/** As the library tells it; months like `2026-11`, counted at `as_of`. */
export interface Statistics {
  readonly photos: number;
  readonly bytes: number;
  readonly tags: number;
  readonly months: Readonly<Record<string, number>>;
  readonly as_of: string | null;
}

export type FetchStatistics = (scope: Scope) => Promise<Statistics>;
export type StatisticsStatus = "loading" | "ready" | "failed";

/** A month or a year of the chart: `2026-11` or `2026`. */
export interface Bar {
  readonly period: string;
  readonly photos: number;
}

/** Bars that can still be told apart. */
const MAX_BARS = 60;

export class StatisticsStore extends Observable {
  readonly #fetch: FetchStatistics;
  #generation = 0;

  scope: Scope;
  status: StatisticsStatus = "loading";
  statistics: Statistics | null = null;
  error: unknown = null;

  constructor(fetchFigures: FetchStatistics, scope: Scope) {
    super();
    this.#fetch = fetchFigures;
    this.scope = scope;
  }

  /** Asks for the figures of a scope; of answers that overtake each other the latest question's counts. */
  async load(scope: Scope): Promise<void> {
    const generation = (this.#generation += 1);
    Object.assign(this, { scope, status: "loading", statistics: null, error: null });
    this.notifyWatchers();
    const answer = await this.#fetch(scope).then(
      (statistics) => ({ status: "ready", statistics }),
      (error: unknown) => ({ status: "failed", error }),
    );
    if (generation !== this.#generation) return;
    Object.assign(this, answer);
    this.notifyWatchers();
  }
}

/** A bar for each month from the first to the last, those without photos too; for each year where there are too many months. */
export function chartBars(months: Statistics["months"]): readonly Bar[] {
  const known = Object.keys(months).sort();
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: Bar[] = [];
  for (let at = monthIndex(first); at <= monthIndex(last); at += 1) {
    const period = `${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}`;
    all.push({ period, photos: months[period] ?? 0 });
  }
  return all.length <= MAX_BARS ? all : byYear(all);
}

function byYear(months: readonly Bar[]): readonly Bar[] {
  const years = new Map<string, number>();
  for (const { period, photos } of months) {
    const year = period.slice(0, 4);
    years.set(year, (years.get(year) ?? 0) + photos);
  }
  return [...years].map(([period, photos]) => ({ period, photos }));
}

/** Months since the year 0. */
function monthIndex(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}
