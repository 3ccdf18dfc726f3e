import { expect, it } from "vitest";

import { BundleDraft } from "../state/bundle-draft.ts";
import { summarizeDraft, announceBundle, bundleStrings } from "./bundles.ts";

it("what is about to be ordered is a line: tags with their counts, photos, and how to be told", () => {
  const draft = new BundleDraft();
  draft.reset(["mountain", "golden hour"], "any", ["a", "b"]);
  expect(summarizeDraft([{ name: "Mountain", count: 1032 }], draft, "email")).toBe("Mountain (1,032), Golden Hour, 2 photos, email");
  draft.reset(["mountain"], "any", []);
  expect(summarizeDraft([{ name: "Mountain", count: 32 }], draft, null)).toBe("Mountain (32)");
});

it("what is said of a bundle is its end, or how far it is", () => {
  expect([announceBundle("ready"), announceBundle("50 %"), announceBundle("")]).toEqual([bundleStrings.bundleStates.ready, "50 %", ""]);
});
