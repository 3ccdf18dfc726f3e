import { describe, expect, it } from "vitest";

import { makeUpload } from "../fakes/uploads.ts";
import type { UploadStage } from "./upload-queue.ts";
import { currentRows, finishedRows } from "./upload-rows.ts";

/** Uploads a, b, c and so on, in these stages. */
const uploads = (...stages: UploadStage[]) => stages.map((stage, index) => makeUpload(String.fromCharCode(97 + index), { stage }));

describe("the rows during an upload", () => {
  it("are all files if these are few, in their order", () => {
    expect(currentRows([], uploads("ready", "sending", "failed"), 3)).toEqual(["a", "b", "c"]);
  });

  it("begin with the first files", () => {
    expect(currentRows([], uploads("waiting", "waiting", "waiting", "waiting"), 3)).toEqual(["a", "b", "c"]);
  });

  it("keep their places: a file that starts takes the place of one that has finished", () => {
    expect(currentRows(["a", "b", "c"], uploads("sending", "ready", "processing", "signing", "waiting"), 3)).toEqual(["a", "d", "c"]);
  });

  it("give the place of a waiting file, then of one in processing, to one that is being sent", () => {
    expect(currentRows(["a", "b", "c"], uploads("processing", "waiting", "sending", "sending"), 3)).toEqual(["a", "d", "c"]);
    expect(currentRows(["a", "b", "c"], uploads("sending", "processing", "sending", "sending"), 3)).toEqual(["a", "d", "c"]);
  });

  it("do not change for a file that only waits", () => {
    expect(currentRows(["a", "b"], uploads("ready", "failed", "waiting"), 2)).toEqual(["a", "b"]);
    expect(currentRows(["a", "b"], uploads("processing", "sending", "processing"), 2)).toEqual(["a", "b"]);
  });

  it("fill the place of a removed file", () => {
    expect(currentRows(["gone", "b", "c"], uploads("waiting", "waiting", "waiting", "sending"), 3)).toEqual(["b", "c", "d"]);
  });
});

it("the rows at the end begin with the files that need attention", () => {
  expect(finishedRows(uploads("ready", "failed", "duplicate", "rejected"), 3)).toEqual(["b", "d", "a"]);
});
