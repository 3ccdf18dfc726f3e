import { describe, expect, it } from "vitest";

import { filteredView, filterFields } from "./filter-form.ts";
import { allPhotos, dateView, type View, yearView } from "./view.ts";

const MINE = allPhotos("mine");
const SEARCH: View = {
  ...MINE,
  words: ["dog", "beach"],
  tags: ["lake", "golden hour"],
  match: "any",
  excluded: ["people"],
  from: "2019-01-01",
  to: "2019-06-30",
  place: "Lisbon",
  camera: "Pixel 8",
  rating: 4,
  favorite: true,
};

describe("the fields of a view", () => {
  it("describe the same view", () => {
    for (const view of [MINE, allPhotos("public"), SEARCH, yearView(SEARCH, "2019"), dateView(SEARCH, null, "2019-12-31")]) {
      expect(filteredView(view, filterFields(view))).toEqual(view);
    }
  });

  it("leave what the dialog does not have", () => {
    const view: View = { ...MINE, on: "11-27", bounds: [0, 1, 2, 3] };
    expect(filteredView(view, filterFields(view))).toEqual(view);
  });

  it("name a year, unless there are days", () => {
    const fields = filterFields(MINE);
    expect(filteredView(MINE, { ...fields, year: "2019" })).toEqual(yearView(MINE, "2019"));
    expect(filteredView(MINE, { ...fields, year: "2019", from: "2020-05-01" })).toEqual(dateView(MINE, "2020-05-01", null));
    expect(filteredView(MINE, { ...fields, year: "19", to: "soon" })).toEqual(MINE);
  });
});
