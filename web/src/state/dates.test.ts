import { expect, it } from "vitest";

import { photoIds, makePhoto } from "../fakes/photos.ts";
import { groupByDay, isIsoDate, isBetweenDates } from "./dates.ts";

it("accepts existing days in ISO 8601", () => {
  expect(["2026-01-31", "2024-02-29"].map(isIsoDate)).toEqual([true, true]);
  expect(["2026-02-29", "2026-1-1", "0000-01-01", "20260101", "", null].map(isIsoDate)).toEqual(Array(6).fill(false));
});

it("counts a photo to its day from midnight to midnight", () => {
  const last = makePhoto("a", 1, { taken_local: "2026-01-31T23:59:59.999", offset: "-08:00" });
  expect(isBetweenDates(last, "2026-01-31", "2026-01-31")).toBe(true);
  expect(isBetweenDates(last, null, "2026-01-30")).toBe(false);
  expect(isBetweenDates(makePhoto("b", 1, { taken_local: "2026-02-01T00:00:00.000", offset: "+14:00" }), null, "2026-01-31")).toBe(false);
  expect(isBetweenDates(last, null, null)).toBe(true);
});

it("groups photos by day, or all in one group", () => {
  const photos = [makePhoto("c", 3), makePhoto("b", 2), makePhoto("a", 2)];
  expect(groupByDay(photos, true).map((group) => [group.day, photoIds(group.photos)])).toEqual([
    [Date.parse("2026-01-03") / 86_400_000, ["c"]],
    [Date.parse("2026-01-02") / 86_400_000, ["b", "a"]],
  ]);
  const west = makePhoto("w", 3, { taken_local: "2026-01-03T23:30:00.000", offset: "-08:00" });
  expect(groupByDay([west, ...photos], true).map((group) => photoIds(group.photos))).toEqual([
    ["w", "c"],
    ["b", "a"],
  ]);
  const underway = [makePhoto("e", 9, { state: "processing" }), makePhoto("d", 3, { state: "processing" })];
  expect(groupByDay([...underway, ...photos], true).map((group) => [group.day === null, photoIds(group.photos)])).toEqual([
    [true, ["e", "d"]],
    [false, ["c"]],
    [false, ["b", "a"]],
  ]);
  expect(groupByDay(photos, false)).toEqual([{ day: null, photos }]);
  expect(groupByDay([], false)).toEqual([]);
});
