import { describe, expect, it } from "vitest";

import { makeUpload } from "../fakes/uploads.ts";
import type { Upload } from "./upload-queue.ts";
import { summarize } from "./upload-summary.ts";

it("counts uploads by stage, and bytes without those of failed uploads", () => {
  const uploads = [
    makeUpload("a", { stage: "ready" }),
    makeUpload("b", { stage: "sending", sent: 50 }),
    makeUpload("c"),
    makeUpload("d", { stage: "failed" }),
    makeUpload("e", { stage: "processing" }),
    makeUpload("f", { stage: "rejected" }),
    makeUpload("g", { stage: "duplicate", duplicateOf: "p0" }),
    makeUpload("h", { stage: "duplicate", sameFile: "a" }),
  ];
  expect(summarize(uploads)).toEqual({
    total: 8,
    active: 3,
    unsent: 2,
    ready: 1,
    duplicate: 1,
    sameFile: 1,
    rejected: 1,
    failed: 1,
    sentBytes: 550,
    totalBytes: 700,
    progress: (4 + 0.9 * 0.5) / 7,
  });
});

describe("the progress", () => {
  const progressOf = (...uploads: Partial<Upload>[]) =>
    summarize(uploads.map((changes, index) => makeUpload(`${index}`, changes))).progress;
  const [sent, ready] = [
    { stage: "processing", sent: 100 },
    { stage: "ready", sent: 100 },
  ] as const;

  it("is complete only when nothing is left to do", () => {
    expect([progressOf({}), progressOf(sent), progressOf(ready), progressOf(ready, { stage: "failed" }), progressOf()]).toEqual([
      0, 0.9, 1, 1, 1,
    ]);
  });

  it("follows the bytes of a large file while these are sent", () => {
    const large = { file: { name: "large.jpg", size: 900 }, stage: "sending", sent: 100 } as const;
    expect(progressOf(ready, large)).toBe(0.2);
  });

  it("follows the files that are processed while many wait for that", () => {
    expect(progressOf(...Array<typeof sent>(90).fill(sent), ...Array<typeof ready>(10).fill(ready))).toBeCloseTo(0.136);
  });
});
