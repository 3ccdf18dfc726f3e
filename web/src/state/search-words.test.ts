import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { fold, hasWords, wordsOf } from "./search-words.ts";

describe("words", () => {
  it("have no case and no accents", () => {
    expect(["São Tomé", "STRASSE", "Straße", "Ångström", "Smørrebrød", "ﬁsh"].map(fold)).toEqual([
      "sao tome",
      "strasse",
      "strasse",
      "angstrom",
      "smorrebrod",
      "fish",
    ]);
  });

  it("are letters and digits in a row, and symbols", () => {
    expect(wordsOf("IMG_1234.jpg: a dog's 🐕!")).toEqual(["img", "1234", "jpg", "a", "dog", "s", "🐕"]);
    expect(wordsOf("%'\"")).toEqual([]);
  });
});

describe("a photo", () => {
  const photo = makePhoto("IMG_1234", 5, {
    caption: "The dog on the beach",
    tags: ["summer holiday"],
    camera: "Pixel 8",
    place: "Lisbon, Portugal",
  });
  const has = (text: string, own = true) => hasWords(photo, text.split(" "), own);

  it("has the words of its caption, tags, file name, camera and place", () => {
    for (const text of ["dog beach", "holiday", "1234", "pixel", "LISBON portugal", "img_1234"]) expect(has(text)).toBe(true);
    for (const text of ["cat", "dog cat", "jpg"]) expect(has(text)).toBe(false);
  });

  it("has only those of its caption and tags for others", () => {
    expect(has("dog holiday", false)).toBe(true);
    for (const text of ["lisbon", "pixel", "1234"]) expect(has(text, false)).toBe(false);
  });

  it("is found by the beginning of the last word only", () => {
    expect([has("dog bea"), has("bea dog")]).toEqual([true, false]);
  });

  it("is found by its year, month and day", () => {
    for (const text of ["2026", "january", "jan", "janu", "2026-01", "2026-01-05", "dog 2026"]) expect(has(text)).toBe(true);
    for (const text of ["2025", "june", "2026-02", "2026-01-06", "janu dog"]) expect(has(text)).toBe(false);
  });

  it("is found by a part of a text without spaces", () => {
    const street = makePhoto("a", 1, { caption: "東京都の夜" });
    expect([hasWords(street, ["京都"], true), hasWords(street, ["大阪"], true)]).toEqual([true, false]);
  });
});
