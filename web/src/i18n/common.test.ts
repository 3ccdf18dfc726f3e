import { describe, expect, it } from "vitest";

import { HttpError, NetworkError, SignedOutError } from "../core/errors.ts";
import { describeDates, describeOdds, explain, explainLoadError, strings } from "./common.ts";

describe("explain", () => {
  it("shows the API's own sentence for an error that the reader can fix", () => {
    expect(explain(new HttpError(400, "invalid", "limit must be from 1 to 100."))).toBe("limit must be from 1 to 100.");
  });

  it("says what to do next for every other error", () => {
    expect(explain(new HttpError(500, "internal", "Internal error"))).toMatch(/Try again/);
    expect(explain(new HttpError(429, "busy", "Too Many Requests"))).toMatch(/busy.*again/);
    expect(explain(new HttpError(507, "storage_full", "3 MB are free."))).toMatch(/disk.*full/);
    expect(explain(new NetworkError())).toMatch(/connection/);
    expect(explain(new SignedOutError())).toBe(strings.signedOut);
    expect(explain("anything")).toMatch(/Try again/);
  });

  it("says that content will load automatically if the browser is offline", () => {
    expect(explainLoadError(new NetworkError(), { online: false })).toBe(strings.unavailableOffline);
    expect(explainLoadError(new NetworkError(), { online: true })).toBe(strings.unreachable);
  });
});

it("dates of a view may be open at either end", () => {
  expect(describeDates("2026-01-03", "2026-01-31")).toMatch(/3.*31/);
  expect(describeDates("2026-01-03", null)).toBe("Since Jan 3, 2026");
  expect(describeDates(null, "2026-01-31")).toBe("Until Jan 31, 2026");
});

it("odds are a percentage and one draw in so many", () => {
  expect([1, 0.5, 0.0123, 0.000_004].map(describeOdds)).toEqual([
    strings.onlyPhoto,
    "50% chance (about 1 in 2)",
    "1.2% chance (about 1 in 81.3)",
    "0.0004% chance (about 1 in 250,000)",
  ]);
});

it("counts have the plural of English and its separators", () => {
  expect([0, 1, 2, 2000].map(strings.photos)).toEqual(["0 photos", "1 photo", "2 photos", "2,000 photos"]);
  expect(strings.rejectedCount(1, false)).toBe("1 needs attention");
  expect(strings.rejectedCount(100, true)).toBe("100+ need attention");
});
