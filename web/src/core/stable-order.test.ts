import { describe, expect, it, test } from "vitest";

import { previousIndexes, stationaryItems } from "./stable-order.ts";

/** The items of `after` that stay, for lists of one-letter items. */
function staying(before: string, after: string, pinned: string | null = null): string {
  const indexes = Array.from(after, (item) => (before.includes(item) ? before.indexOf(item) : null));
  const stays = stationaryItems(indexes, pinned === null ? null : after.indexOf(pinned));
  return Array.from(after)
    .filter((_, index) => stays[index])
    .join("");
}

test.each([
  ["", "ab", ""],
  ["ab", "", ""],
  ["abc", "abc", "abc"],
  ["abc", "bcd", "bc"],
  ["bcd", "abc", "bc"],
  ["ad", "de", "d"],
  ["de", "ad", "d"],
  ["ace", "abcde", "ace"],
  ["abcde", "bd", "bd"],
  ["ab", "xyz", ""],
])("no item of %s that is also in %s moves", (before, after, expected) => {
  expect(staying(before, after)).toBe(expected);
});

test("an item that comes first moves, and no other", () => {
  expect(staying("abcd", "dabc")).toBe("abc");
});

test.each([
  ["abcd", "bcda", "a", "a"],
  ["abcd", "bcda", "c", "bcd"],
  ["abcd", "dabc", "d", "d"],
  ["abcd", "dabc", "a", "abc"],
  ["abcd", "dcba", "b", "b"],
  ["abcdef", "badcfe", "c", "acf"],
])("of %s as %s the pinned item %s stays", (before, after, pinned, expected) => {
  expect(staying(before, after, pinned)).toBe(expected);
});

describe("the old index of an item", () => {
  it("is null for new items", () => {
    expect(previousIndexes(["a", "b"], ["b", "c", "a"])).toEqual([1, null, 0]);
  });

  it("is given to one item only if keys are repeated: no element is in two places", () => {
    expect(previousIndexes(["a", "b"], ["a", "b", "a"])).toEqual([0, 1, null]);
    expect(previousIndexes(["a", "b", "a"], ["a", "a", "a"])).toEqual([2, null, null]);
  });
});
