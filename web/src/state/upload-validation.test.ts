import { describe, expect, it } from "vitest";

import { MAX_FILE_BYTES, MAX_FILES, parseTags, validateFiles } from "./upload-validation.ts";

const file = (name: string, type = "image/jpeg", size = 1000) => ({ name, type, size });

describe("validateFiles", () => {
  it("accepts files that may be photos", () => {
    const files = [file("a.jpg"), file("b.heic", ""), file("c.WEBP", ""), file("d.CR3", ""), file("e.raf", "")];
    expect(validateFiles(files).accepted).toEqual(files);
  });

  it("separates files that are not photos", () => {
    const files = [file("notes.txt", "text/plain"), file("notes", ""), file("clip.mp4", "video/mp4")];
    expect(validateFiles(files)).toEqual({ accepted: [], notPhotos: files, tooLarge: [], overLimit: 0 });
  });

  it("separates files that are too large", () => {
    const most = file("most.jpg", "image/jpeg", MAX_FILE_BYTES);
    const over = file("over.jpg", "image/jpeg", MAX_FILE_BYTES + 1);
    expect(validateFiles([most, over])).toEqual({ accepted: [most], notPhotos: [], tooLarge: [over], overLimit: 0 });
  });

  it("limits the number of files", () => {
    const many = Array.from({ length: MAX_FILES + 3 }, (_, index) => file(`${index}.jpg`, "image/jpeg"));
    expect(validateFiles(many)).toMatchObject({ accepted: many.slice(0, MAX_FILES), overLimit: 3 });
  });
});

describe("parseTags", () => {
  it("splits and normalizes tags, each once", () => {
    expect(parseTags(" beach, golden   hour,,Beach;  ").tags).toEqual(["Beach", "golden hour"]);
  });

  it("accepts an empty text", () => {
    expect(parseTags("  ")).toEqual({ tags: [], error: null });
  });

  it("rejects what the API would reject", () => {
    const words = (count: number) => Array.from({ length: count }, (_, index) => `tag ${index}`).join(",");
    expect(parseTags(words(20)).error).toBeNull();
    expect(parseTags(words(21)).error).toBe("too-many");
    expect(parseTags("é".repeat(64)).error).toBeNull();
    expect(parseTags("é".repeat(65)).error).toBe("too-long");
  });
});
