import { expect, it } from "vitest";

import { ids, photo } from "../fakes/photos.ts";
import { byDay, isDay, within } from "./dates.ts";

it("a day is one that there is, written as ISO 8601 says", () => {
  expect(["2026-01-31", "2024-02-29"].map(isDay)).toEqual([true, true]);
  expect(["2026-02-29", "2026-1-1", "0000-01-01", "20260101", "", null].map(isDay)).toEqual(Array(6).fill(false));
});

it("a photo is of its day from midnight to midnight", () => {
  const last = photo("a", 1, { taken_at: "2026-01-31T23:59:59.999Z" });
  expect(within(last, "2026-01-31", "2026-01-31")).toBe(true);
  expect(within(last, null, "2026-01-30")).toBe(false);
  expect(within(photo("b", 1, { taken_at: "2026-02-01T00:00:00Z" }), null, "2026-01-31")).toBe(false);
  expect(within(last, null, null)).toBe(true);
});

it("photos stand with others of their day, or all together", () => {
  const photos = [photo("c", 3), photo("b", 2), photo("a", 2)];
  expect(byDay(photos, true).map((group) => [group.day, ids(group.photos)])).toEqual([
    [Date.parse("2026-01-03") / 86_400_000, ["c"]],
    [Date.parse("2026-01-02") / 86_400_000, ["b", "a"]],
  ]);
  const underway = [photo("e", 9, { state: "processing" }), photo("d", 3, { state: "processing" })];
  expect(byDay([...underway, ...photos], true).map((group) => [group.day === null, ids(group.photos)])).toEqual([
    [true, ["e", "d"]], [false, ["c"]], [false, ["b", "a"]],
  ]);
  expect(byDay(photos, false)).toEqual([{ day: null, photos }]);
  expect(byDay([], false)).toEqual([]);
});
