import { expect, it } from "vitest";

import { ViewCache } from "./view-cache.ts";
import { allPhotos, tagView } from "./view.ts";

const cached = (tag: string, scrollOffset: number) => ({
  snapshot: { view: tagView(allPhotos("mine"), tag), items: [], cursor: null, end: null, changes: 0 },
  scrollOffset,
});

it("finds the latest state of a view", () => {
  const cache = new ViewCache();
  cache.store(cached("lake", 100));
  cache.store(cached("sea", 50));
  cache.store(cached("lake", 700));
  expect(cache.find(tagView(allPhotos("mine"), "lake"))?.scrollOffset).toBe(700);
  expect(cache.find(tagView(allPhotos("public"), "lake"))).toBeNull();
});

it("keeps the most recent views, and none after clear", () => {
  const cache = new ViewCache();
  for (let number = 0; number < 9; number += 1) cache.store(cached(`tag ${number}`, number));
  expect(cache.find(cached("tag 0", 0).snapshot.view)).toBeNull();
  expect(cache.find(cached("tag 1", 0).snapshot.view)?.scrollOffset).toBe(1);
  cache.clear();
  expect(cache.find(cached("tag 1", 0).snapshot.view)).toBeNull();
});
