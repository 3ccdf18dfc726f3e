import { expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { daysLeft, fewestDaysLeft } from "./trash.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const trashed = (deleteAt: string | null) => makePhoto("a", 1, { state: "trashed", delete_at: deleteAt });

it("a day that has begun counts, and none are left when the time is over", () => {
  const times = [
    "2026-12-20T12:00:00Z",
    "2026-12-20T11:59:00Z",
    "2026-11-20T12:00:01Z",
    "2026-11-20T12:00:00Z",
    "2026-11-19T12:00:00Z",
    null,
  ];
  expect(times.map((time) => daysLeft(trashed(time), NOW))).toEqual([30, 30, 1, 0, 0, null]);
  expect(daysLeft({}, NOW)).toBeNull();
});

it("the photo that is deleted first has the fewest days", () => {
  expect(fewestDaysLeft([trashed("2026-11-29T12:00:00Z"), trashed("2026-11-23T11:00:00Z"), trashed(null)], NOW)).toBe(3);
  expect(fewestDaysLeft([], NOW)).toBeNull();
});
