import { expect, it } from "vitest";

import { queriedView, savedQuery, viewQuery } from "./view-query.ts";
import { allPhotos, photosInState, type View } from "./view.ts";

const MINE = allPhotos("mine");

it("a search is saved with its filters only, and comes back", () => {
  const view: View = {
    ...MINE,
    words: ["dog", "beach"],
    tags: ["sea", "sun"],
    match: "any",
    excluded: ["people"],
    from: "2025-01-01",
    on: "08-12",
    camera: "Pixel 8",
    favorite: true,
    rating: 4,
    bounds: [38.6, -9.3, 38.8, -9],
  };
  const query = savedQuery({ ...view, order: "added" });
  expect(query).toEqual({
    q: "dog beach",
    tag: ["sea", "sun"],
    match: "any",
    not: ["people"],
    from: "2025-01-01",
    on: "08-12",
    camera: "Pixel 8",
    favorite: "true",
    rating: "4",
    bounds: "38.6,-9.3,38.8,-9",
  });
  expect(queriedView(query)).toEqual(view);
});

it("a view asks for its state, its order and its scope", () => {
  expect(viewQuery(photosInState("trashed"))).toMatchObject({ state: "trashed", scope: "mine", q: null, tag: [], order: null });
  expect(viewQuery({ ...MINE, order: "added" })).toMatchObject({ state: null, order: "added" });
});
