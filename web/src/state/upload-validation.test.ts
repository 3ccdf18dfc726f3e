import { describe, expect, it } from "vitest";

import { MAX_FILE_BYTES, MAX_FILES, parseTags, validateFiles } from "./upload-validation.ts";

const file = (name: string, type = "image/jpeg", size = 1000) => ({ name, type, size });

describe("chosen files", () => {
  it("are usable if they may be photos", () => {
    const files = [file("a.jpg"), file("b.heic", ""), file("c.WEBP", "")];
    expect(validateFiles(files).accepted).toEqual(files);
  });

  it("are left out if they clearly are none", () => {
    const files = [file("notes.txt", "text/plain"), file("notes", ""), file("clip.mp4", "video/mp4")];
    expect(validateFiles(files)).toEqual({ accepted: [], notPhotos: files, tooLarge: [], overLimit: 0 });
  });

  it("are set apart if no ticket can be had for them", () => {
    const most = file("most.jpg", "image/jpeg", MAX_FILE_BYTES);
    const over = file("over.jpg", "image/jpeg", MAX_FILE_BYTES + 1);
    expect(validateFiles([most, over])).toEqual({ accepted: [most], notPhotos: [], tooLarge: [over], overLimit: 0 });
  });

  it("are left for another time if they are more than go at once", () => {
    const many = Array.from({ length: MAX_FILES + 3 }, (_, place) => file(`${place}.jpg`, "image/jpeg"));
    expect(validateFiles(many)).toMatchObject({ accepted: many.slice(0, MAX_FILES), overLimit: 3 });
  });
});

describe("tags written with commas", () => {
  it("are taken apart, tidied, and each kept once", () => {
    expect(parseTags(" beach, golden   hour,,Beach;  ").tags).toEqual(["Beach", "golden hour"]);
  });

  it("may be none", () => {
    expect(parseTags("  ")).toEqual({ tags: [], error: null });
  });

  it("are refused where the library would refuse them", () => {
    const words = (count: number) => Array.from({ length: count }, (_, place) => `tag ${place}`).join(",");
    expect(parseTags(words(20)).error).toBeNull();
    expect(parseTags(words(21)).error).toBe("too-many");
    expect(parseTags("é".repeat(64)).error).toBeNull();
    expect(parseTags("é".repeat(65)).error).toBe("too-long");
  });
});
