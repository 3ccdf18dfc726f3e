import { expect, it } from "vitest";

import { isDay, within } from "./dates.ts";
import { photo } from "./fakes/photos.ts";

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
