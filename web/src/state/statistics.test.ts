import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { chartBars, type Statistics, StatisticsStore } from "./statistics.ts";

const FIGURES: Statistics = { photos: 3, bytes: 900, tags: 2, months: { "2026-01": 3 }, as_of: "2026-11-20T00:00:00Z" };

describe("chartBars", () => {
  it("has a bar for every month from the first to the last", () => {
    expect(chartBars({ "2026-02": 4, "2025-11": 1 })).toEqual([
      { period: "2025-11", photos: 1 },
      { period: "2025-12", photos: 0 },
      { period: "2026-01", photos: 0 },
      { period: "2026-02", photos: 4 },
    ]);
  });

  it("has a bar for every year if there are too many months", () => {
    expect(chartBars({ "1999-05": 2, "2026-11": 1, "2026-01": 6 }).filter(({ photos }) => photos > 0)).toEqual([
      { period: "1999", photos: 2 },
      { period: "2026", photos: 7 },
    ]);
  });

  it("is empty for a library without photos", () => {
    expect(chartBars({})).toEqual([]);
  });
});

describe("StatisticsStore", () => {
  it("uses only the response to the latest request", async () => {
    const responses = { mine: new Deferred<Statistics>(), public: new Deferred<Statistics>() };
    const overview = new StatisticsStore((scope) => responses[scope].promise, "mine");
    void overview.load("mine");
    void overview.load("public");
    responses.public.resolve(FIGURES);
    responses.mine.resolve({ ...FIGURES, photos: 99 });
    await flushPromises();
    expect(overview).toMatchObject({ scope: "public", status: "ready", statistics: FIGURES });
  });

  it("sets the error and can load again", async () => {
    let works = false;
    const overview = new StatisticsStore(() => (works ? Promise.resolve(FIGURES) : Promise.reject(new Error("no"))), "mine");
    await overview.load("mine");
    expect(overview.status).toBe("failed");
    works = true;
    await overview.load("mine");
    expect(overview).toMatchObject({ status: "ready", error: null });
  });
});
