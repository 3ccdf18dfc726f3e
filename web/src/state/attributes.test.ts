import { expect, test } from "vitest";

import { attributesLast, ownWordsFirst } from "./attributes.ts";

const tags = (...names: string[]): { tag_name: string }[] => names.map((tag_name) => ({ tag_name }));

test("attributes come after all other tags, both in their order", () => {
  expect(attributesLast(tags("Horizontal", "Dog", "Blue", "Blue Whale"), 9)).toEqual(tags("Dog", "Blue Whale", "Horizontal", "Blue"));
});

test("the limit applies to the sorted tags", () => {
  expect(attributesLast(tags("Horizontal", "Dog", "Cat"), 2)).toEqual(tags("Dog", "Cat"));
});

test("lists the words of people before found ones, even if they are colors", () => {
  const tags = [
    { tag_name: "Green", automatic: true },
    { tag_name: "Beach", automatic: true },
    { tag_name: "Summer Trip", automatic: false },
    { tag_name: "Blue", automatic: false },
  ];
  expect(ownWordsFirst(tags, 4).map(({ tag_name }) => tag_name)).toEqual(["Summer Trip", "Blue", "Beach", "Green"]);
  expect(ownWordsFirst(tags, 1)).toHaveLength(1);
});
