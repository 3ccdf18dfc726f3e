import { expect, it } from "vitest";

import { uploadStrings } from "./uploads.ts";

it("the time left is rounded, the more so the longer it is", () => {
  expect([0, 1, 2, 19, 22, 58, 85, 200].map(uploadStrings.timeLeft)).toEqual([
    "Less than a minute left",
    "About a minute left",
    "About 2 minutes left",
    "About 19 minutes left",
    "About 20 minutes left",
    "About an hour left",
    "About 1.5 hours left",
    "About 3.5 hours left",
  ]);
});

it("the headline tells new photos from those that were in the library or chosen twice", () => {
  const done = (ready: number, duplicate: number, sameFile: number, total: number) =>
    uploadStrings.done({ ready, duplicate, sameFile, total });
  expect([
    done(2, 0, 0, 2),
    done(1, 0, 0, 1),
    done(2, 0, 0, 3),
    done(2, 1, 0, 3),
    done(0, 1, 0, 1),
    done(2, 1, 1, 4),
    done(0, 0, 0, 1),
  ]).toEqual([
    "2 photos added",
    "1 photo added",
    "2 of 3 added",
    "2 photos added, 1 already in your library",
    "1 photo already in your library",
    "2 photos added, 1 already in your library, 1 chosen twice",
    "0 of 1 added",
  ]);
});

it("the question before a sign-out has the number of photos", () => {
  expect([1, 40].map(uploadStrings.signOutQuestion)).toEqual([
    "1 photo isn't uploaded yet. Sign out anyway?",
    "40 photos aren't uploaded yet. Sign out anyway?",
  ]);
});
