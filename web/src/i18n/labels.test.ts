import { expect, it } from "vitest";

import { labelStrings } from "./labels.ts";

it.each([
  [106, 106, null, "All 106 photos have current labels."],
  [1, 1, null, "1 photo has current labels."],
  [1999, 2000, null, "1,999 of 2,000 photos have current labels."],
  [0, 1, null, "0 of 1 photo has current labels."],
  [0, 0, null, "No photos to label."],
  [12, 12, "Lake", "All 12 photos tagged “Lake” have current labels."],
])("%i labeled of %i photos of tag %s are described", (labeled, total, tag, text) => {
  expect(labelStrings.current(labeled, total, tag)).toBe(text);
});
