/**
 * The statistics of a library: photos, bytes, tags, and photos per month.
 */
import type { paths } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import type { Scope } from "./view.ts";

/** Totals of a library; `months` maps `2026-11` to a photo count, as of `as_of`. */
export type Statistics = paths["/stats"]["get"]["responses"][200]["content"]["application/json"];

export type FetchStatistics = (scope: Scope) => Promise<Statistics>;
export type StatisticsStatus = "loading" | "ready" | "failed";

/** A month or year of the chart: `2026-11` or `2026`. */
export interface Bar {
  readonly period: string;
  readonly photos: number;
}

/** More bars would be too narrow to tell apart. */
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

  /** Loads the statistics of a scope; only the response to the latest request counts. */
  async load(scope: Scope): Promise<void> {
    const generation = (this.#generation += 1);
    Object.assign(this, { scope, status: "loading", statistics: null, error: null });
    this.notifyWatchers();
    const result = await this.#fetch(scope).then(
      (statistics) => ({ status: "ready", statistics }),
      (error: unknown) => ({ status: "failed", error }),
    );
    if (generation !== this.#generation) return;
    Object.assign(this, result);
    this.notifyWatchers();
  }
}

/** One bar per month from the first to the last, including empty ones; one per year if there are too many months. */
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
