import { expect, it } from "vitest";

import { minutesWest, parseClock } from "./capture-time.ts";

it("reads a clock without a zone, whatever the zone of the browser", () => {
  expect(["2026-03-14T23:30:00.450", "0999-01-01T00:00:00"].map(parseClock)).toEqual([
    Date.UTC(2026, 2, 14, 23, 30, 0, 450),
    Date.parse("0999-01-01T00:00:00Z"),
  ]);
});

it("counts minutes west of UTC, unknown last", () => {
  const offsets = ["+14:00", "+05:45", "+00:00", "-03:30", "-12:00", null];
  expect(offsets.map(minutesWest)).toEqual([-840, -345, -0, 210, 720, 1440]);
});
