import { describe, expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import { type Move, movePhotos, PhotoArrangement, placePhotos } from "./photo-arrangement.ts";

const PHOTOS = ["a", "b", "c", "d", "e"].map((id) => makePhoto(id));
const moved = (ids: string, move: Move) => photoIds(movePhotos(PHOTOS, new Set(ids), move)).join("");
const placed = (ids: string, index: number) => photoIds(placePhotos(PHOTOS, new Set(ids), index)).join("");

describe("moving photos", () => {
  it("takes one a place further, to an end, and not beyond", () => {
    expect([moved("c", "earlier"), moved("c", "later"), moved("c", "start"), moved("c", "end")]).toEqual([
      "acbde",
      "abdce",
      "cabde",
      "abdec",
    ]);
    expect([moved("a", "earlier"), moved("e", "later")]).toEqual(["abcde", "abcde"]);
  });

  it("brings several together, in their order", () => {
    expect([moved("bd", "earlier"), moved("bd", "later"), moved("eb", "start")]).toEqual(["bdace", "acebd", "beacd"]);
    expect(moved("xy", "start")).toBe("abcde");
  });

  it("drops them before a photo, which may be one of them", () => {
    expect([placed("a", 3), placed("e", 0), placed("bd", 5), placed("bd", 2), placed("c", 2)]).toEqual([
      "bcade",
      "eabcd",
      "acebd",
      "abdce",
      "abcde",
    ]);
  });
});

describe("an arrangement", () => {
  it("moves what is selected, and knows whether it is changed", () => {
    const arrangement = new PhotoArrangement(PHOTOS);
    for (const id of ["b", "c", "b"]) arrangement.toggle(id);
    expect([...arrangement.selected]).toEqual(["c"]);
    arrangement.move(arrangement.selected, "earlier");
    expect([photoIds(arrangement.photos).join(""), arrangement.isChanged]).toEqual(["acbde", true]);
    arrangement.moveTo(new Set("c"), 3);
    expect([photoIds(arrangement.photos).join(""), arrangement.isChanged]).toEqual(["abcde", false]);
  });
});
