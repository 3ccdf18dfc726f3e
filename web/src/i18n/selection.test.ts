import { expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { describeOutcome, selectionStrings } from "./selection.ts";

it("an outcome names what was done and how many photos failed", () => {
  const outcome = { change: { action: "trash" }, done: [makePhoto("a")], failures: [], undo: [], error: null } as const;
  const failures = [{ photo: makePhoto("b"), reason: "Not now." }];
  expect(describeOutcome(outcome)).toBe("1 photo moved to trash.");
  expect(describeOutcome({ ...outcome, failures })).toBe("1 photo moved to trash. 1 photo couldn't be changed.");
  expect(describeOutcome({ ...outcome, change: { action: "shift_time" } })).toBe("Date of 1 photo shifted.");
  const two = [makePhoto("a"), makePhoto("b")];
  expect(describeOutcome({ ...outcome, change: { action: "set_time" }, done: two })).toBe("Dates of 2 photos changed.");
  expect(describeOutcome({ ...outcome, change: { action: "shift_time" }, done: two })).toBe("Dates of 2 photos shifted.");
  expect(describeOutcome({ ...outcome, change: { action: "reset_time" }, done: two })).toBe(
    "Dates of 2 photos reset to the camera's time.",
  );
  expect(describeOutcome({ ...outcome, done: [], failures })).toBe("1 photo couldn't be changed.");
  expect(describeOutcome({ ...outcome, change: { action: "tag", tags: ["sea", "golden hour"] } })).toBe(
    "1 photo tagged Sea and Golden Hour.",
  );
});

it("progress is counted for more than one photo", () => {
  expect(selectionStrings.progress(0, 1)).toBe("Processing…");
  expect(selectionStrings.progress(20, 300)).toBe("Processing 20 of 300");
});
