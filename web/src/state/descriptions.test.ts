import { expect, test } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import {
  captionLength,
  descriptionRestoration,
  differsFromFile,
  ownCaption,
  ownCoordinates,
  ownPlace,
  ownRating,
  updatedDescriptions,
} from "./descriptions.ts";

const LISBON = { latitude: 38.7, longitude: -9.1 };
const PORTO = { latitude: 41.1, longitude: -8.6 };
const NONE = { latitude: 0, longitude: 0 };
const FILE = { caption: "Harbor", rating: 3, place: "Lisbon, Portugal", coordinates: LISBON };
const AS_FILE = makePhoto("a", 1, { ...FILE, file: FILE });
const BY_OWNER = makePhoto("b", 1, { caption: "", rating: 5, place: null, coordinates: null, file: FILE });

test("what the file says is not the owner's", () => {
  expect([ownCaption(AS_FILE), ownRating(AS_FILE), ownPlace(AS_FILE)]).toEqual([null, null, null]);
  expect([ownCaption(BY_OWNER), ownRating(BY_OWNER), ownPlace(BY_OWNER)]).toEqual(["", 5, ""]);
  expect([AS_FILE, BY_OWNER, { ...AS_FILE, coordinates: PORTO }].map(ownCoordinates)).toEqual([null, NONE, PORTO]);
});

test("photos of others have nothing of their owner's", () => {
  const other = makePhoto("c", 1, { caption: "Dunes" });
  expect([ownCaption(other), ownRating(other), ownPlace(other), ownCoordinates(other)]).toEqual([null, null, null, null]);
});

test("an update shows what it sets, removes, or takes from the file", () => {
  expect(updatedDescriptions(AS_FILE, { caption: "", rating: 0, place: "" })).toEqual({ caption: "", rating: 0, place: null });
  expect(updatedDescriptions(BY_OWNER, { caption: null, rating: null, place: null, coordinates: null })).toEqual(FILE);
  expect([PORTO, NONE].map((coordinates) => updatedDescriptions(AS_FILE, { coordinates }))).toEqual([
    { coordinates: PORTO },
    { coordinates: null },
  ]);
  expect(updatedDescriptions(BY_OWNER, {})).toEqual({});
});

test("a restoration sets what the owner had said, null if only the file had, of the fields that an update sets", () => {
  const update = { caption: "Boats", rating: 1, place: "Alfama", favorite: true };
  expect(descriptionRestoration(AS_FILE, update)).toEqual({ caption: null, rating: null, place: null, favorite: false });
  expect(descriptionRestoration({ ...BY_OWNER, favorite: true }, update)).toEqual({ caption: "", rating: 5, place: "", favorite: true });
  expect(descriptionRestoration(BY_OWNER, { rating: 2 })).toEqual({ rating: 5 });
  expect(descriptionRestoration(BY_OWNER, { coordinates: PORTO })).toEqual({ coordinates: NONE });
  expect(descriptionRestoration(AS_FILE, { coordinates: PORTO })).toEqual({ coordinates: null });
});

test("a field can be reset where the file says something else", () => {
  const fields = ["caption", "rating", "place", "coordinates"] as const;
  expect(fields.map((field) => differsFromFile(BY_OWNER, field))).toEqual([true, true, true, true]);
  expect(fields.map((field) => differsFromFile(AS_FILE, field))).toEqual([false, false, false, false]);
  const file = { caption: "", rating: 0, place: null, coordinates: null };
  const silent = { ...BY_OWNER, caption: "Boats", place: "Alfama", coordinates: PORTO, file };
  expect(fields.map((field) => differsFromFile(silent, field))).toEqual([false, false, false, false]);
});

test("a caption's length counts characters, not the parts of emoji or spaces around it", () => {
  expect([captionLength("  caf\u0065\u0301 "), captionLength("🏖️")]).toEqual([4, 2]);
});
