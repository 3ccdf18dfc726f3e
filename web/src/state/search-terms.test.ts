import { expect, it } from "vitest";

import { lastTerm, parseTerms } from "./search-terms.ts";

it("splits tags at commas and skips empty ones", () => {
  expect(parseTerms(" golden hour, lake,, ")).toEqual([
    { tag: "golden hour", excluded: false },
    { tag: "lake", excluded: false },
  ]);
  expect(parseTerms(" , - ")).toEqual([]);
});

it("excludes a tag after a minus, but not after a hyphen inside it", () => {
  expect(parseTerms("-people, \u2212 dogs, well-known")).toEqual([
    { tag: "people", excluded: true },
    { tag: "dogs", excluded: true },
    { tag: "well-known", excluded: false },
  ]);
});

it("returns the last term, even if it is empty", () => {
  expect(lastTerm("lake, -mo")).toEqual({ tag: "mo", excluded: true });
  expect(lastTerm("lake,")).toEqual({ tag: "", excluded: false });
});
