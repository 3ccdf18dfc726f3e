import { expect, test } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { ownCaption, ownPlace, ownRating, updatedDescriptions } from "./descriptions.ts";

const FILE = { caption: "Harbor", rating: 3, place: "Lisbon, Portugal" };
const AS_FILE = makePhoto("a", 1, { ...FILE, file: FILE });
const BY_OWNER = makePhoto("b", 1, { caption: "", rating: 5, place: null, file: FILE });

test("what the file says is not the owner's", () => {
  expect([ownCaption(AS_FILE), ownRating(AS_FILE), ownPlace(AS_FILE)]).toEqual([null, null, null]);
  expect([ownCaption(BY_OWNER), ownRating(BY_OWNER), ownPlace(BY_OWNER)]).toEqual(["", 5, ""]);
});

test("photos of others have nothing of their owner's", () => {
  const other = makePhoto("c", 1, { caption: "Dunes" });
  expect([ownCaption(other), ownRating(other), ownPlace(other)]).toEqual([null, null, null]);
});

test("an update shows what it sets, removes, or takes from the file", () => {
  expect(updatedDescriptions(AS_FILE, { caption: "", rating: 0, place: "" })).toEqual({ caption: "", rating: 0, place: null });
  expect(updatedDescriptions(BY_OWNER, { caption: null, rating: null, place: null })).toEqual(FILE);
  expect(updatedDescriptions(BY_OWNER, {})).toEqual({});
});
