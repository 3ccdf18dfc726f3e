import { describe, expect, it } from "vitest";

import { chipKey, ownChips, removeChip, unmatchedChips, viewChips } from "./chips.ts";
import { allPhotos, dateView, photosInState, type View } from "./view.ts";

const MINE = allPhotos("mine");
const SEARCH: View = {
  ...MINE,
  words: ["dog", "beach"],
  tags: ["lake"],
  excluded: ["people"],
  from: "2019-01-01",
  on: "11-27",
  place: "Lisbon",
  camera: "Pixel 8",
  favorite: true,
  rating: 4,
  bounds: [38, -10, 39, -9],
};

describe("the filters of a view", () => {
  it("are none for all photos and for photos in a state", () => {
    expect([viewChips(MINE), viewChips(photosInState("trashed"))]).toEqual([[], []]);
  });

  it("are removed one by one until all photos are left", () => {
    const chips = viewChips(SEARCH);
    expect(new Set(chips.map(chipKey)).size).toBe(11);
    for (const chip of chips) {
      const rest = removeChip(SEARCH, chip);
      expect(viewChips(rest)).toEqual(chips.filter((other) => other !== chip));
    }
    expect(chips.reduce(removeChip, SEARCH)).toEqual(MINE);
  });

  it("have a day of every year and the last day in one, unless there is a first day", () => {
    const view: View = { ...MINE, on: "11-27", to: "2025-12-31" };
    const [chip, ...others] = viewChips(view);
    expect([chip, others]).toEqual([{ kind: "on", day: "11-27", to: "2025-12-31" }, []]);
    expect(chip && removeChip(view, chip)).toEqual(MINE);
    expect(viewChips({ ...view, from: "2019-01-01" }).map(({ kind }) => kind)).toEqual(["dates", "on"]);
  });

  it("may be for the user's own photos only", () => {
    expect(ownChips(SEARCH).map(({ kind }) => kind)).toEqual(["place", "camera", "favorite", "rating", "bounds"]);
    expect(ownChips(dateView(MINE, "2019-01-01", null))).toEqual([]);
  });

  it("are named if nothing matches them", () => {
    const view: View = { ...SEARCH, words: ["Straße", "IMG_1234"], place: "São Tomé" };
    const unmatched = [
      { parameter: "q", value: "strasse" },
      { parameter: "q", value: "1234" },
      { parameter: "place", value: "sao tome" },
      { parameter: "favorite", value: "true" },
      { parameter: "tag", value: "sea" },
    ];
    expect(unmatchedChips(view, unmatched).map(chipKey)).toEqual(["word Straße", "word IMG_1234", "place São Tomé", "favorite"]);
    expect(unmatchedChips(view, [])).toEqual([]);
  });
});
