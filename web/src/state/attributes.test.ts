import { expect, test } from "vitest";

import { attributesLast } from "./attributes.ts";

const tags = (...names: string[]): { tag_name: string }[] => names.map((tag_name) => ({ tag_name }));

test("attributes come after all other tags, both in their order", () => {
  expect(attributesLast(tags("Horizontal", "Dog", "Blue", "Blue Whale"), 9)).toEqual(tags("Dog", "Blue Whale", "Horizontal", "Blue"));
});

test("the limit applies to the sorted tags", () => {
  expect(attributesLast(tags("Horizontal", "Dog", "Cat"), 2)).toEqual(tags("Dog", "Cat"));
});
