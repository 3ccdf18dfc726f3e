import { expect, it } from "vitest";

import { Draft } from "../state/bundle-draft.ts";
import { draftInWords, saidOfBundle, taking } from "./bundles.ts";

it("what is about to be ordered is a line: tags with their counts, photos, and how to be told", () => {
  const draft = new Draft();
  draft.begin(["mountain", "golden hour"], "any", ["a", "b"]);
  expect(draftInWords([{ name: "Mountain", count: 1032 }], draft, "email")).toBe("Mountain (1,032), Golden Hour, 2 photos, email");
  draft.begin(["mountain"], "any", []);
  expect(draftInWords([{ name: "Mountain", count: 32 }], draft, null)).toBe("Mountain (32)");
});

it("what is said of a bundle is its end, or how far it is", () => {
  expect([saidOfBundle("ready"), saidOfBundle("50 %"), saidOfBundle("")]).toEqual([taking.bundleStates.ready, "50 %", ""]);
});
