import { describe, expect, it } from "vitest";

import { Backoff, parseRetryAfter } from "./backoff.ts";

describe("Backoff", () => {
  it("returns its delays in order and repeats the last", () => {
    const backoff = new Backoff([1, 2, 5]);
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([1, 2, 5, 5]);
  });

  it("starts again after a reset", () => {
    const backoff = new Backoff([1, 2]);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(1);
  });

  it("throws without delays", () => {
    expect(() => new Backoff([])).toThrow(RangeError);
  });
});

describe("parseRetryAfter", () => {
  it("parses seconds", () => {
    expect(parseRetryAfter("3", 0)).toBe(3000);
  });

  it("parses a date relative to now", () => {
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toBe(6000);
  });

  it("returns 0 for a date in the past", () => {
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 60_000)).toBe(0);
  });

  it("returns null if the header is missing, empty or invalid", () => {
    expect([null, "", " ", "soon"].map((header) => parseRetryAfter(header, 0))).toEqual([null, null, null, null]);
  });
});
