import { describe, expect, it } from "vitest";

import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { bars, type Figures, Overview } from "./statistics.ts";

const FIGURES: Figures = { photos: 3, bytes: 900, tags: 2, months: { "2026-01": 3 }, as_of: "2026-11-20T00:00:00Z" };

describe("the bars", () => {
  it("stand for every month from the first to the last, those without photos too", () => {
    expect(bars({ "2026-02": 4, "2025-11": 1 })).toEqual([
      { period: "2025-11", photos: 1 },
      { period: "2025-12", photos: 0 },
      { period: "2026-01", photos: 0 },
      { period: "2026-02", photos: 4 },
    ]);
  });

  it("stand for years where months would be too many to tell apart", () => {
    expect(bars({ "1999-05": 2, "2026-11": 1, "2026-01": 6 }).filter(({ photos }) => photos > 0)).toEqual([
      { period: "1999", photos: 2 },
      { period: "2026", photos: 7 },
    ]);
  });

  it("are none for a library without photos", () => {
    expect(bars({})).toEqual([]);
  });
});

describe("the overview", () => {
  it("shows what was asked for last, however the answers overtake each other", async () => {
    const answers = { mine: new Pending<Figures>(), public: new Pending<Figures>() };
    const overview = new Overview((scope) => answers[scope].promise, "mine");
    void overview.show("mine");
    void overview.show("public");
    answers.public.answer(FIGURES);
    answers.mine.answer({ ...FIGURES, photos: 99 });
    await settled();
    expect(overview).toMatchObject({ scope: "public", status: "ready", figures: FIGURES });
  });

  it("says what went wrong, and can be asked again", async () => {
    let works = false;
    const overview = new Overview(() => (works ? Promise.resolve(FIGURES) : Promise.reject(new Error("no"))), "mine");
    await overview.show("mine");
    expect(overview.status).toBe("failed");
    works = true;
    await overview.show("mine");
    expect(overview).toMatchObject({ status: "ready", problem: null });
  });
});
