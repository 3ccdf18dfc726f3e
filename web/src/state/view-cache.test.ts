import { expect, it } from "vitest";

import { ViewCache } from "./view-cache.ts";
import { allPhotos, tagView } from "./view.ts";

const NO_NEWER = { status: "none", cursor: null, end: null } as const;
const cached = (tag: string, scrollOffset: number, at: string | null = null) => ({
  snapshot: { view: tagView(allPhotos("mine"), tag), at, items: [], cursor: null, end: null, total: null, newer: NO_NEWER, changes: 0 },
  scrollOffset,
});

it("finds the latest state of a view", () => {
  const cache = new ViewCache();
  cache.store(cached("lake", 100));
  cache.store(cached("sea", 50));
  cache.store(cached("lake", 700));
  expect(cache.find(tagView(allPhotos("mine"), "lake"), null)?.scrollOffset).toBe(700);
  expect(cache.find(tagView(allPhotos("public"), "lake"), null)).toBeNull();
});

it("keeps a view apart from the same view at a month", () => {
  const cache = new ViewCache();
  const { view } = cached("lake", 0).snapshot;
  cache.store(cached("lake", 100));
  cache.store(cached("lake", 200, "2019-08"));
  expect([null, "2019-08", "2019-07"].map((at) => cache.find(view, at)?.scrollOffset)).toEqual([100, 200, undefined]);
});

it("keeps the most recent views, and none after clear", () => {
  const cache = new ViewCache();
  for (let number = 0; number < 9; number += 1) cache.store(cached(`tag ${number}`, number));
  expect(cache.find(cached("tag 0", 0).snapshot.view, null)).toBeNull();
  expect(cache.find(cached("tag 1", 0).snapshot.view, null)?.scrollOffset).toBe(1);
  cache.clear();
  expect(cache.find(cached("tag 1", 0).snapshot.view, null)).toBeNull();
});
