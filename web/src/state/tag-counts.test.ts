import { expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { countTags } from "./tag-counts.ts";

it("the tags of photos are counted, the most frequent first, then by name", () => {
  const photos = [["sea", "dog"], ["sea", "cat"], []].map((tags, index) => makePhoto(`p${index}`, 1, { tags }));
  expect(countTags(photos)).toEqual([
    { tag: "sea", count: 2 },
    { tag: "cat", count: 1 },
    { tag: "dog", count: 1 },
  ]);
});
