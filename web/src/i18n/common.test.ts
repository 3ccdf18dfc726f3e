import { describe, expect, it } from "vitest";

import { HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import { makePhoto } from "../fakes/photos.ts";
import { formatBytes, formatOdds, formatDate, formatDay, formatDateRange, explain, strings, formatTag } from "./common.ts";
import { describeOutcome } from "./selection.ts";

describe("what went wrong, in words", () => {
  it("is the library's own sentence where the person can do something about it", () => {
    expect(explain(new HttpError(400, "invalid", "limit must be from 1 to 100."))).toBe("limit must be from 1 to 100.");
  });

  it("says what to do next where the library has nothing helpful to say", () => {
    expect(explain(new HttpError(500, "internal", "Internal error"))).toMatch(/Try again/);
    expect(explain(new HttpError(429, "busy", "Too Many Requests"))).toMatch(/busy.*again/);
    expect(explain(new NetworkError())).toMatch(/connection/);
    expect(explain(new SignedOutError())).toBe(strings.lapsed);
    expect(explain("anything")).toMatch(/Try again/);
  });
});

it("tags are shown as the library writes them", () => {
  expect(["beach", "golden hour", "l'été", "well-known", "écru"].map(formatTag)).toEqual([
    "Beach", "Golden Hour", "L'été", "Well-known", "Écru",
  ]);
});

it("a camera's wall clock date stays the same wherever it is read", () => {
  expect(formatDate(Date.UTC(2026, 0, 3, 23, 30))).toContain("3");
});

it("days are told from the first to the last, or open at one end", () => {
  expect(formatDateRange("2026-01-03", "2026-01-31")).toMatch(/3.*31/);
  expect(formatDateRange("2026-01-03", null)).toMatch(/^Since .*3/);
  expect(formatDateRange(null, "2026-01-31")).toMatch(/^Until .*31/);
});

it("bytes are told in the unit that keeps the number short", () => {
  expect([0, 999, 1000, 61_440, 2_450_000, 3_200_000_000].map(formatBytes)).toEqual([
    "0 bytes", "999 bytes", "1 kB", "61 kB", "2.5 MB", "3.2 GB",
  ]);
});

it("what became of photos is told with what did not work", () => {
  const outcome = { action: "trash", tags: [], done: [makePhoto("a")], failures: [], undo: [] } as const;
  const failures = [{ photo: makePhoto("b"), reason: "Not now." }];
  expect(describeOutcome(outcome)).toBe("1 photo is in the trash.");
  expect(describeOutcome({ ...outcome, failures })).toBe("1 photo is in the trash. It did not work for 1 photo.");
  expect(describeOutcome({ ...outcome, done: [], failures })).toBe("It did not work for 1 photo.");
  expect(describeOutcome({ ...outcome, action: "tag", tags: ["sea", "golden hour"] })).toBe("1 photo is tagged Sea and Golden Hour.");
});

it("a chance is told as a share, and as one draw in so many", () => {
  expect([1, 0.5, 0.0123, 0.000_004].map(formatOdds)).toEqual([
    strings.onlyOne, "A chance of 50 %: about one draw in 2.", "A chance of 1.2 %: about one draw in 81.3.",
    "A chance of 0.0004 %: about one draw in 250,000.",
  ]);
});

describe("a day of the timeline", () => {
  const day = Date.UTC(2026, 10, 20) / 86_400_000;

  it("is told with its day of the week where there is room", () => {
    expect(formatDay(day, "long")).toBe("Friday, November 20, 2026");
  });

  it("is told in short without the year it is", () => {
    expect(formatDay(day, "short", new Date(2026, 11, 31))).toBe("Nov 20");
    expect(formatDay(day, "short", new Date(2027, 0, 1))).toBe("Nov 20, 2026");
  });
});
