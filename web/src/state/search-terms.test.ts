import { expect, it } from "vitest";

import { lastTerm, parseTerms } from "./search-terms.ts";

it("tags are parted by commas, and empty ones are none", () => {
  expect(parseTerms(" golden hour, lake,, ")).toEqual([
    { tag: "golden hour", excluded: false },
    { tag: "lake", excluded: false },
  ]);
  expect(parseTerms(" , - ")).toEqual([]);
});

it("a minus before a tag leaves it out, one inside it does not", () => {
  expect(parseTerms("-people, \u2212 dogs, well-known")).toEqual([
    { tag: "people", excluded: true },
    { tag: "dogs", excluded: true },
    { tag: "well-known", excluded: false },
  ]);
});

it("the term being typed is the last, and may be empty still", () => {
  expect(lastTerm("lake, -mo")).toEqual({ tag: "mo", excluded: true });
  expect(lastTerm("lake,")).toEqual({ tag: "", excluded: false });
});
