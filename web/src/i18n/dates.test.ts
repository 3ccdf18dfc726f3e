import { expect, it } from "vitest";

import { formatCaptureTime, formatOffset } from "./dates.ts";

it("a camera's time is the same in every time zone", () => {
  const clock = Date.UTC(2026, 2, 14, 23, 30, 59);
  expect(formatCaptureTime(clock, "-08:00").replace("\u202f", " ")).toBe("March 14, 2026, 11:30 PM, UTC-8");
  expect(formatCaptureTime(clock, null).replace("\u202f", " ")).toBe("March 14, 2026, 11:30 PM");
});

it("offsets are named as short as possible", () => {
  expect(["-08:00", "+05:45", "+12:00", "+00:00", "-00:20"].map(formatOffset)).toEqual(["UTC-8", "UTC+5:45", "UTC+12", "UTC", "UTC-0:20"]);
});
