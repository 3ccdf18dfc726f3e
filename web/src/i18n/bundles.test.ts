import { expect, it } from "vitest";

import { BundleDraft } from "../state/bundle-draft.ts";
import { announceBundle, bundleStrings, summarizeRequest } from "./bundles.ts";

const LIBRARY = { photos: 620, bytes: 3_200_000_000, months: { "2019-07": 620 } };

it("a request is summarized by its tags with their counts, its photos, and the channels", () => {
  const draft = new BundleDraft();
  draft.reset(["mountain", "golden hour"], "any", ["a", "b"]);
  expect(summarizeRequest([{ name: "Mountain", count: 1032 }], draft, LIBRARY, ["email", "sms"])).toBe(
    "Mountain (1,032), Golden Hour, 2 photos, email, text message",
  );
  draft.reset(["mountain"], "any", []);
  expect(summarizeRequest([{ name: "Mountain", count: 32 }], draft, LIBRARY, [])).toBe("Mountain (32)");
});

it("a request for everything or for some days is summarized by the library or the days", () => {
  const draft = new BundleDraft();
  expect(summarizeRequest([], draft, LIBRARY, ["email"])).toBe("All 620 photos, 3.2 GB, email");
  const large = { photos: 18_000, bytes: 90_000_000_000, months: { "2018-01": 9000, "2019-01": 9000 } };
  expect(summarizeRequest([], draft, large, [])).toBe("All 18,000 photos, 90 GB, in 2 downloads");
  draft.setSource("dates");
  const summaries = [
    { from: "2019-03-01", to: "2019-03-31" },
    { from: "2019-03-01", to: null },
    { from: null, to: "2019-03-31" },
    { from: "2019-01-01", to: "2019-12-31" },
  ].map((days) => {
    draft.setDays(days);
    return summarizeRequest([], draft, LIBRARY, []);
  });
  expect(summaries.map((text) => text.replace(/\s/g, " "))).toEqual([
    "Photos of Mar 1 – 31, 2019",
    "Photos since Mar 1, 2019",
    "Photos until Mar 31, 2019",
    "Photos of 2019",
  ]);
});

it("a bundle is announced by its state or its progress", () => {
  expect([announceBundle("ready"), announceBundle("50%"), announceBundle("")]).toEqual([bundleStrings.states.ready, "50%", ""]);
});
