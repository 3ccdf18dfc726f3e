import { describe, expect, it } from "vitest";

import { ids, photo } from "./fakes/photos.ts";
import { describe as inWords, moment, newestFirst, previewSize, tileRatio } from "./photo.ts";

describe("a photo", () => {
  it("belongs to the moment it was taken, or else received", () => {
    expect(moment(photo("a", 3))).toBe(Date.UTC(2026, 0, 3, 12));
    expect(moment(photo("a", 3, { taken_at: null }))).toBe(Date.UTC(2026, 1, 1));
  });

  it("comes before older ones, and photos of one moment have an order too", () => {
    const photos = [photo("a", 1), photo("b", 2), photo("c", 2)];
    expect(ids(photos.sort(newestFirst))).toEqual(["c", "b", "a"]);
  });

  it("has a tile of its own shape, within reason", () => {
    expect(tileRatio(photo("a"))).toBe(1.5);
    expect(tileRatio(photo("a", 1, { width: 9000, height: 1000 }))).toBe(3);
    expect(tileRatio(photo("a", 1, { width: 100, height: 1000 }))).toBe(0.5);
    expect(tileRatio(photo("a", 1, { width: null, height: null }))).toBe(1);
  });

  it("has a preview that fits in 1600 px and is never larger than itself", () => {
    expect(previewSize(photo("a", 1, { width: 4000, height: 3000 }))).toEqual({ width: 1600, height: 1200 });
    expect(previewSize(photo("a", 1, { width: 300, height: 200 }))).toEqual({ width: 300, height: 200 });
  });

  it("is described by its tags and its name", () => {
    expect(inWords(photo("a"))).toBe("a.jpg");
    expect(inWords(photo("a", 1, { tags: ["beach", "sea"] }))).toBe("beach, sea (a.jpg)");
  });
});
