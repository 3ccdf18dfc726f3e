import { describe, expect, it } from "vitest";

import { Backoff, parseRetryAfter } from "./backoff.ts";

describe("a backoff", () => {
  it("takes its steps one after the other and stays on the last", () => {
    const backoff = new Backoff([1, 2, 5]);
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([1, 2, 5, 5]);
  });

  it("begins again after a reset", () => {
    const backoff = new Backoff([1, 2]);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(1);
  });

  it("cannot be without steps", () => {
    expect(() => new Backoff([])).toThrow(RangeError);
  });
});

describe("Retry-After", () => {
  it("may be seconds", () => {
    expect(parseRetryAfter("3", 0)).toBe(3000);
  });

  it("may be a date, counted from now", () => {
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toBe(6000);
  });

  it("asks for no wait if its date has gone by", () => {
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 60_000)).toBe(0);
  });

  it("says nothing if it is missing, empty or no time at all", () => {
    expect([null, "", " ", "soon"].map((header) => parseRetryAfter(header, 0))).toEqual([null, null, null, null]);
  });
});
