import { expect, it } from "vitest";

import { BundleDraft } from "./bundle-draft.ts";

it("a draft takes tags in and out, however they are written, and forgets the photos picked", () => {
  const draft = new BundleDraft();
  draft.reset(["lake"], "all", ["p1", "p2"]);
  draft.toggle("Sea");
  draft.toggle("LAKE");
  expect(draft.toRequest(true)).toEqual({ tags: ["sea"], match: "all", photo_ids: ["p1", "p2"], notify: true });
  draft.removePhotos();
  draft.toggle("sea");
  expect(draft.isEmpty).toBe(true);
});
