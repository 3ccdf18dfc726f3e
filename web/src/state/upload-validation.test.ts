import { describe, expect, it } from "vitest";

import { LARGEST, MOST_FILES, readTags, sortFiles } from "./upload-validation.ts";

const file = (name: string, type = "image/jpeg", size = 1000) => ({ name, type, size });

describe("chosen files", () => {
  it("are usable if they may be photos", () => {
    const files = [file("a.jpg"), file("b.heic", ""), file("c.WEBP", "")];
    expect(sortFiles(files).usable).toEqual(files);
  });

  it("are left out if they clearly are none", () => {
    const files = [file("notes.txt", "text/plain"), file("notes", ""), file("clip.mp4", "video/mp4")];
    expect(sortFiles(files)).toEqual({ usable: [], notPhotos: files, tooLarge: [], beyond: 0 });
  });

  it("are set apart if no ticket can be had for them", () => {
    const most = file("most.jpg", "image/jpeg", LARGEST);
    const over = file("over.jpg", "image/jpeg", LARGEST + 1);
    expect(sortFiles([most, over])).toEqual({ usable: [most], notPhotos: [], tooLarge: [over], beyond: 0 });
  });

  it("are left for another time if they are more than go at once", () => {
    const many = Array.from({ length: MOST_FILES + 3 }, (_, place) => file(`${place}.jpg`, "image/jpeg"));
    expect(sortFiles(many)).toMatchObject({ usable: many.slice(0, MOST_FILES), beyond: 3 });
  });
});

describe("tags written with commas", () => {
  it("are taken apart, tidied, and each kept once", () => {
    expect(readTags(" beach, golden   hour,,Beach;  ").tags).toEqual(["Beach", "golden hour"]);
  });

  it("may be none", () => {
    expect(readTags("  ")).toEqual({ tags: [], fault: null });
  });

  it("are refused where the library would refuse them", () => {
    const words = (count: number) => Array.from({ length: count }, (_, place) => `tag ${place}`).join(",");
    expect(readTags(words(20)).fault).toBeNull();
    expect(readTags(words(21)).fault).toBe("too-many");
    expect(readTags("é".repeat(64)).fault).toBeNull();
    expect(readTags("é".repeat(65)).fault).toBe("too-long");
  });
});
