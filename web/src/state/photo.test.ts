import { describe, expect, it } from "vitest";

import { ids, photo } from "../fakes/photos.ts";
import { coveringWidth, describe as inWords, moment, newestFirst, previewSize, tileRatio, tileSources } from "./photo.ts";

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

  it("lets its tile choose between the small image and the preview, by their widths", () => {
    const at = "https://images.test/a";
    expect(tileSources(photo("a"))).toBe(`${at}/small 640w, ${at} 1600w`);
    expect(tileSources(photo("a", 1, { width: 3000, height: 4000 }))).toBe(`${at}/small 480w, ${at} 1200w`);
    expect(tileSources(photo("a", 1, { width: 900, height: 600 }))).toBe(`${at}/small 640w, ${at} 900w`);
  });

  it("leaves no choice where it has no small image, or is one itself", () => {
    expect(tileSources(photo("a", 1, { small_url: null }))).toBeNull();
    expect(tileSources(photo("a", 1, { image_url: null }))).toBeNull();
    expect(tileSources(photo("a", 1, { small_url: "https://images.test/a" }))).toBeNull();
  });

  it("is as wide as its tile, or wider where the tile cuts its sides off", () => {
    const tile = { width: 300, height: 200 };
    expect(coveringWidth(photo("a"), tile)).toBe(300);
    expect(coveringWidth(photo("a", 1, { width: 9000, height: 1000 }), tile)).toBe(1800);
    expect(coveringWidth(photo("a", 1, { width: 100, height: 1000 }), { width: 100.2, height: 200 })).toBe(101);
    expect(coveringWidth(photo("a", 1, { width: null, height: null }), tile)).toBe(300);
  });

  it("is described by its tags and its name", () => {
    expect(inWords(photo("a"))).toBe("a.jpg");
    expect(inWords(photo("a", 1, { tags: ["beach", "sea"] }))).toBe("beach, sea (a.jpg)");
  });
});
