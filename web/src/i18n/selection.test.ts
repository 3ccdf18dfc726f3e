import { expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { describeFailures, describeOutcome, selectionStrings } from "./selection.ts";

it("an outcome names what was done and how many photos failed", () => {
  const outcome = { change: { action: "trash" }, done: [makePhoto("a")], failures: [], skipped: 0, undo: [], error: null } as const;
  const failure = { photo: makePhoto("b"), reason: "Not now." };
  const failures = [failure];
  expect(describeOutcome(outcome)).toBe("1 photo moved to trash.");
  expect(describeOutcome({ ...outcome, failures })).toBe("1 photo moved to trash. 1 photo couldn't be changed.");
  expect(describeOutcome({ ...outcome, change: { action: "delete_permanently" }, failures })).toBe(
    "1 photo deleted permanently. 1 photo couldn't be deleted.",
  );
  const uncertain = [failure, { ...failure, uncertain: true }, { ...failure, uncertain: true }];
  expect(describeOutcome({ ...outcome, failures: uncertain })).toBe(
    "1 photo moved to trash. 1 photo couldn't be changed. 2 photos may not have been changed.",
  );
  expect(describeOutcome({ ...outcome, change: { action: "delete_permanently" }, done: [], failures: uncertain.slice(1) })).toBe(
    "2 photos may not have been deleted.",
  );
  expect(describeOutcome({ ...outcome, skipped: 320 })).toBe("1 photo moved to trash. 320 photos were left as they are.");
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

it("failures name their photos, unless many have the same reason", () => {
  const failures = ["a", "b", "c", "d"].map((id) => ({ photo: makePhoto(id), reason: "Not now." }));
  expect(describeFailures(failures.slice(0, 2))).toEqual(["a.jpg: Not now.", "b.jpg: Not now."]);
  expect(describeFailures(failures)).toEqual(["Not now."]);
  expect(describeFailures([...failures, { photo: makePhoto("e"), reason: "Never." }])).toHaveLength(5);
  expect(describeFailures([])).toEqual([]);
});

it("progress is counted for more than one photo", () => {
  expect(selectionStrings.progress(0, 1)).toBe("Processing…");
  expect(selectionStrings.progress(20, 300)).toBe("Processing 20 of 300");
  expect(selectionStrings.selecting(1200, 10_000)).toBe("Selecting 1,200 of 10,000");
  expect(selectionStrings.selecting(1200, null)).toBe("Selecting… 1,200 so far");
});
