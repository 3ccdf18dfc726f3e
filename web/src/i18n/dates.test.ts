import { expect, it } from "vitest";

import { dateStrings, formatCaptureTime, formatOffset } from "./dates.ts";

it("a camera's time is the same in every time zone", () => {
  const clock = Date.UTC(2026, 2, 14, 23, 30, 59);
  expect(formatCaptureTime(clock, "-08:00").replace("\u202f", " ")).toBe("March 14, 2026, 11:30 PM, UTC-8");
  expect(formatCaptureTime(clock, null).replace("\u202f", " ")).toBe("March 14, 2026, 11:30 PM");
});

it("offsets are named as short as possible", () => {
  expect(["-08:00", "+05:45", "+12:00", "+00:00", "-00:20"].map(formatOffset)).toEqual(["UTC-8", "UTC+5:45", "UTC+12", "UTC", "UTC-0:20"]);
});

it("photos without a date are counted", () => {
  const { undated } = dateStrings;
  expect([undated(1, 5), undated(2, 5)]).toEqual([
    "1 of 5 photos has no date and can't be changed.",
    "2 of 5 photos have no date and can't be changed.",
  ]);
  expect([undated(1, 1), undated(5, 5)]).toEqual([
    "This photo has no date yet. Set one first.",
    "These photos have no date yet. Set one first.",
  ]);
});
