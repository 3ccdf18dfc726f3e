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
