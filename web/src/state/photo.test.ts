import { describe, expect, it } from "vitest";

import { photoIds, makePhoto } from "../fakes/photos.ts";
import {
  coverWidth,
  altText as inWords,
  isCorrected,
  newestFirst,
  type Photo,
  previewSize,
  sortedAt,
  sortedAtAttribute,
  tileRatio,
  tileSrcset,
  viewerSrcset,
} from "./photo.ts";

describe("a photo", () => {
  it("is sorted by the camera's clock, or when it was received", () => {
    const time = { taken_at: "2026-01-04T07:30:00.000Z", taken_local: "2026-01-03T23:30:00.450", offset: "-08:00" };
    expect(sortedAt(makePhoto("a", 3, time))).toBe(Date.UTC(2026, 0, 3, 23, 30, 0, 450));
    expect(sortedAt(makePhoto("a", 3, { taken_local: null }))).toBe(Date.UTC(2026, 1, 1));
  });

  it("has its time as an attribute, with the offset if it is known", () => {
    const local = "2026-01-03T23:30:00.450";
    expect(sortedAtAttribute(makePhoto("a", 3, { taken_local: local, offset: "-08:00" }))).toBe(`${local}-08:00`);
    expect(sortedAtAttribute(makePhoto("a", 3, { taken_local: local }))).toBe(local);
    expect(sortedAtAttribute(makePhoto("a", 3, { taken_local: null }))).toBe("2026-02-01T00:00:00Z");
  });

  it("sorts newest first, then by the moment in UTC, then by id", () => {
    const photos = [makePhoto("a", 1), makePhoto("b", 2), makePhoto("c", 2)];
    expect(photoIds(photos.sort(newestFirst))).toEqual(["c", "b", "a"]);
    const offsets = { east: "+02:00", utc: "+00:00", unknown: null, west: "-08:00" };
    const zoned = Object.entries(offsets).map(([photoId, offset]) => makePhoto(photoId, 2, { offset }));
    expect(photoIds([...photos, ...zoned].sort(newestFirst))).toEqual(["unknown", "c", "b", "west", "utc", "east", "a"]);
  });

  it("is corrected if its time is not the camera's", () => {
    const taken_local = "2026-01-03T23:30:00.000";
    const corrected = (camera: Photo["camera_time"]) => isCorrected(makePhoto("a", 3, { taken_local, ...withCamera(camera) }));
    const cameras = [{ taken_local, offset: null }, { taken_local, offset: "-08:00" }, null, undefined];
    expect(cameras.map(corrected)).toEqual([false, true, true, false]);
    expect(isCorrected(makePhoto("a", 3, { taken_local: null, camera_time: null }))).toBe(false);
  });

  it("has a tile with its aspect ratio, within limits", () => {
    expect(tileRatio(makePhoto("a"))).toBe(1.5);
    expect(tileRatio(makePhoto("a", 1, { width: 9000, height: 1000 }))).toBe(3);
    expect(tileRatio(makePhoto("a", 1, { width: 100, height: 1000 }))).toBe(0.5);
    expect(tileRatio(makePhoto("a", 1, { width: null, height: null }))).toBe(1);
  });

  it("has a preview that fits in 1600 px and is not enlarged", () => {
    expect(previewSize(makePhoto("a", 1, { width: 4000, height: 3000 }))).toEqual({ width: 1600, height: 1200 });
    expect(previewSize(makePhoto("a", 1, { width: 300, height: 200 }))).toEqual({ width: 300, height: 200 });
  });

  it("has a longer preview if it is a panorama", () => {
    const size = (width: number, height: number) => previewSize(makePhoto("a", 1, { width, height }));
    expect(size(9000, 3000)).toEqual({ width: 2400, height: 800 });
    expect(size(3000, 12_000)).toEqual({ width: 800, height: 3200 });
    expect(size(12_000, 300)).toEqual({ width: 10_000, height: 250 });
  });

  it("is zoomed into its half-size image, or its original", () => {
    const at = "https://images.test/a";
    const photo = { width: 4001, height: 3001, format: "JPEG", resized_url: `${at}/resized` };
    const forVisitors = { ...photo, original_url: null };
    expect(viewerSrcset(makePhoto("a", 1, forVisitors))).toBe(`${at} 1600w, ${at}/resized 2001w`);
    const owned = { ...photo, original_url: `${at}/original` };
    expect(viewerSrcset(makePhoto("a", 1, owned))).toBe(`${at} 1600w, ${at}/resized 2001w, ${at}/original 4001w`);
    expect(viewerSrcset(makePhoto("a", 1, { ...owned, format: "HEIC" }))).toBe(`${at} 1600w, ${at}/resized 2001w`);
    expect(viewerSrcset(makePhoto("a", 1, { ...owned, width: 12_000, height: 300 }))).toBe(`${at} 10000w, ${at}/original 12000w`);
    expect(viewerSrcset(makePhoto("a", 1, { ...owned, width: 12_000, height: 9000 }))).toBe(`${at} 1600w, ${at}/resized 6000w`);
    expect(viewerSrcset(makePhoto("a", 1, { ...owned, width: 900, height: 600 }))).toBeNull();
  });

  it("has a srcset with the small image and the preview", () => {
    const at = "https://images.test/a";
    expect(tileSrcset(makePhoto("a"))).toBe(`${at}/small 640w, ${at} 1600w`);
    expect(tileSrcset(makePhoto("a", 1, { width: 3000, height: 4000 }))).toBe(`${at}/small 480w, ${at} 1200w`);
    expect(tileSrcset(makePhoto("a", 1, { width: 900, height: 600 }))).toBe(`${at}/small 640w, ${at} 900w`);
  });

  it("has no srcset without a small image or a separate preview", () => {
    expect(tileSrcset(makePhoto("a", 1, { small_url: null }))).toBeNull();
    expect(tileSrcset(makePhoto("a", 1, { image_url: null }))).toBeNull();
    expect(tileSrcset(makePhoto("a", 1, { small_url: "https://images.test/a" }))).toBeNull();
  });

  it("covers its tile", () => {
    const tile = { width: 300, height: 200 };
    expect(coverWidth(makePhoto("a"), tile)).toBe(300);
    expect(coverWidth(makePhoto("a", 1, { width: 9000, height: 1000 }), tile)).toBe(1800);
    expect(coverWidth(makePhoto("a", 1, { width: 100, height: 1000 }), { width: 100.2, height: 200 })).toBe(101);
    expect(coverWidth(makePhoto("a", 1, { width: null, height: null }), tile)).toBe(300);
  });

  it("has an alternative text with its tags and its filename", () => {
    expect(inWords(makePhoto("a"))).toBe("a.jpg");
    expect(inWords(makePhoto("a", 1, { tags: ["beach", "sea"] }))).toBe("beach, sea (a.jpg)");
  });
});

/** Only owners see what the file says. */
function withCamera(camera: Photo["camera_time"]): Partial<Photo> {
  return camera === undefined ? {} : { camera_time: camera };
}
