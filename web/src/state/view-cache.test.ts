import { expect, it } from "vitest";

import { Places } from "./view-cache.ts";
import { everything, onlyTag } from "./view.ts";

const place = (tag: string, depth: number) => ({
  kept: { view: onlyTag(everything("mine"), tag), items: [], cursor: null, changes: 0 }, depth,
});

it("finds a view as it was left last", () => {
  const places = new Places();
  places.keep(place("lake", 100));
  places.keep(place("sea", 50));
  places.keep(place("lake", 700));
  expect(places.find(onlyTag(everything("mine"), "lake"))?.depth).toBe(700);
  expect(places.find(onlyTag(everything("public"), "lake"))).toBeNull();
});

it("keeps the views left last, and none once somebody else is looking", () => {
  const places = new Places();
  for (let number = 0; number < 9; number += 1) places.keep(place(`tag ${number}`, number));
  expect(places.find(place("tag 0", 0).kept.view)).toBeNull();
  expect(places.find(place("tag 1", 0).kept.view)?.depth).toBe(1);
  places.forget();
  expect(places.find(place("tag 1", 0).kept.view)).toBeNull();
});
