import { describe, expect, it } from "vitest";

import { filenameOf, MAX_FILE_BYTES, MAX_FILES, parseTags, rawExtension, splitLastTag, validateFiles } from "./upload-validation.ts";

const file = (name: string, type = "image/jpeg", size = 1000) => ({ name, type, size });

describe("validateFiles", () => {
  it("accepts files that may be photos", () => {
    const files = [file("a.jpg"), file("b.heic", ""), file("c.WEBP", ""), file("d.CR3", ""), file("e.nef", "application/octet-stream")];
    expect(validateFiles(files)).toEqual({ accepted: files, skipped: new Map(), overLimit: false });
  });

  it("names the other files by what is wrong with them", () => {
    const files = [
      file("notes.txt", "text/plain"),
      file("notes", ""),
      file("clip.mp4", "video/mp4"),
      file("CLIP.MOV", ""),
      file("empty.jpg", "image/jpeg", 0),
      file("most.jpg", "image/jpeg", MAX_FILE_BYTES),
      file("over.jpg", "image/jpeg", MAX_FILE_BYTES + 1),
    ];
    const { accepted, skipped } = validateFiles(files);
    expect(accepted.map(({ name }) => name)).toEqual(["most.jpg"]);
    expect(Object.fromEntries(skipped)).toEqual({
      "not-photo": ["notes.txt", "notes"],
      video: ["clip.mp4", "CLIP.MOV"],
      empty: ["empty.jpg"],
      "too-large": ["over.jpg"],
    });
  });

  it("limits the number of files", () => {
    const many = Array.from({ length: MAX_FILES + 3 }, (_, index) => file(`${index}.jpg`, "image/jpeg"));
    const { accepted, overLimit } = validateFiles(many);
    expect([accepted.length, overLimit]).toEqual([MAX_FILES, true]);
  });
});

it("names files that have no extension, or no name", () => {
  const names = [file("a.b.png"), file("image", "image/heic"), file(" ", "image/x-new"), file(".jpg"), file("")].map(filenameOf);
  expect(names).toEqual(["a.b.png", "image.heic", "photo.jpg", "photo.jpg", "photo.jpg"]);
});

it("knows raw files by their extension", () => {
  expect(["a.CR2", "b.dng", "c.jpg"].map(rawExtension)).toEqual(["CR2", "DNG", null]);
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

it("splitLastTag separates the tag that is being typed", () => {
  expect(splitLastTag("sea, golden h")).toEqual({ before: "sea,", last: "golden h" });
  expect(splitLastTag("sea")).toEqual({ before: "", last: "sea" });
  expect(splitLastTag("sea, ")).toEqual({ before: "sea,", last: "" });
});
