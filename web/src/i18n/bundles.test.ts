import { expect, it } from "vitest";

import { BundleDraft } from "../state/bundle-draft.ts";
import { announceBundle, bundleStrings, summarizeRequest } from "./bundles.ts";

it("a request is summarized by its tags with their counts, its photos, and the channels", () => {
  const draft = new BundleDraft();
  draft.reset(["mountain", "golden hour"], "any", ["a", "b"]);
  expect(summarizeRequest([{ name: "Mountain", count: 1032 }], draft, ["email", "sms"])).toBe(
    "Mountain (1,032), Golden Hour, 2 photos, email, text message",
  );
  draft.reset(["mountain"], "any", []);
  expect(summarizeRequest([{ name: "Mountain", count: 32 }], draft, [])).toBe("Mountain (32)");
});

it("a bundle is announced by its state or its progress", () => {
  expect([announceBundle("ready"), announceBundle("50%"), announceBundle("")]).toEqual([bundleStrings.states.ready, "50%", ""]);
});
