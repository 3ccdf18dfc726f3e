import { describe, expect, it } from "vitest";

import { isStillAt, monthByKey, monthIndexAt, positionOf, timeScale, yearMarks } from "./time-scale.ts";

const SCALE = timeScale({ "2018-11": 25, "2019-08": 50, "2019-12": 25 });

describe("timeScale", () => {
  it("gives each month its share of the photos, newest first", () => {
    expect(SCALE).toEqual([
      { month: "2019-12", photos: 25, start: 0, end: 0.25 },
      { month: "2019-08", photos: 50, start: 0.25, end: 0.75 },
      { month: "2018-11", photos: 25, start: 0.75, end: 1 },
    ]);
  });

  it("is empty for fewer than three months with photos", () => {
    expect(timeScale({})).toEqual([]);
    expect(timeScale({ "2019-12": 900, "2019-11": 3, "2019-10": 0 })).toEqual([]);
  });

  it("leaves enough of the scale for a month with few photos", () => {
    const [big, small] = timeScale({ "2019-12": 1_000_000, "2019-11": 1, "2019-10": 1 });
    expect((small?.end ?? 0) - (small?.start ?? 0)).toBeGreaterThan(0.002);
    expect(big?.end).toBeGreaterThan(0.99);
  });
});

describe("a position", () => {
  it("is in a month, also beyond the ends of the scale", () => {
    expect([-1, 0, 0.25, 0.74, 0.75, 1, 2].map((at) => monthIndexAt(SCALE, at))).toEqual([0, 0, 1, 1, 2, 2, 2]);
  });

  it("follows the days within a month, newest first", () => {
    expect(positionOf(SCALE, Date.UTC(2019, 8))).toBeCloseTo(0.25);
    expect(positionOf(SCALE, Date.UTC(2019, 7, 16, 12))).toBeCloseTo(0.5);
    expect(positionOf(SCALE, Date.UTC(2019, 7))).toBeCloseTo(0.75);
  });

  it("is at the next older month for a month that is not on the scale", () => {
    expect(positionOf(SCALE, Date.UTC(2026, 0))).toBe(0);
    expect(positionOf(SCALE, Date.UTC(2019, 9))).toBe(0.25);
    expect(positionOf(SCALE, Date.UTC(1999, 0))).toBe(1);
  });
});

describe("a month that the timeline was taken to", () => {
  const top = { newest: Date.UTC(2019, 11, 3), oldest: Date.UTC(2018, 10, 30), loading: false };

  it("stays while it shares the row at the top", () => {
    expect(["2020-01", "2019-12", "2019-08", "2018-11", "2018-10"].map((month) => isStillAt(month, top))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it("stays while its photos are being loaded", () => {
    expect([isStillAt("1999-01", { ...top, loading: true }), isStillAt("1999-01", null)]).toEqual([true, true]);
  });
});

describe("a key", () => {
  const scale = timeScale(Object.fromEntries(Array.from({ length: 30 }, (_, year) => [String(1990 + year) + "-01", 1])));

  it("leads up to newer and down to older months", () => {
    expect(["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"].map((key) => monthByKey(scale, 14, key))).toEqual([13, 13, 15, 15]);
    expect(["PageUp", "PageDown", "Home", "End", "a"].map((key) => monthByKey(scale, 14, key))).toEqual([2, 26, 29, 0, undefined]);
  });

  it("leads no further than the ends of the scale", () => {
    expect([monthByKey(scale, 0, "ArrowUp"), monthByKey(scale, 20, "PageDown")]).toEqual([0, 29]);
  });
});

describe("yearMarks", () => {
  it("marks where each year begins", () => {
    expect(yearMarks(SCALE, 0.1)).toEqual([
      { year: "2019", position: 0 },
      { year: "2018", position: 0.75 },
    ]);
  });

  it("omits years without room", () => {
    const scale = timeScale({ "2020-01": 50, "2019-01": 2, "2018-01": 48 });
    expect(yearMarks(scale, 0.1).map(({ year }) => year)).toEqual(["2020", "2019"]);
    expect(yearMarks(scale, 0.01).map(({ year }) => year)).toEqual(["2020", "2019", "2018"]);
  });
});
