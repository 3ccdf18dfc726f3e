import { expect, it } from "vitest";

import { lastTerm, readTerms } from "./search-terms.ts";

it("tags are parted by commas, and empty ones are none", () => {
  expect(readTerms(" golden hour, lake,, ")).toEqual([
    { tag: "golden hour", without: false },
    { tag: "lake", without: false },
  ]);
  expect(readTerms(" , - ")).toEqual([]);
});

it("a minus before a tag leaves it out, one inside it does not", () => {
  expect(readTerms("-people, \u2212 dogs, well-known")).toEqual([
    { tag: "people", without: true },
    { tag: "dogs", without: true },
    { tag: "well-known", without: false },
  ]);
});

it("the term being typed is the last, and may be empty still", () => {
  expect(lastTerm("lake, -mo")).toEqual({ tag: "mo", without: true });
  expect(lastTerm("lake,")).toEqual({ tag: "", without: false });
});
