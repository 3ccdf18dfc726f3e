import { expect, it } from "vitest";

import { BundleDraft } from "./bundle-draft.ts";

it("toggles tags regardless of case, and removes the selected photos", () => {
  const draft = new BundleDraft();
  draft.reset(["lake"], "all", ["p1", "p2"]);
  draft.toggle("Sea");
  draft.toggle("LAKE");
  expect(draft.toRequest(true)).toEqual({ tags: ["sea"], match: "all", photo_ids: ["p1", "p2"], notify: true });
  draft.removePhotos();
  draft.toggle("sea");
  expect(draft.isEmpty).toBe(true);
});
