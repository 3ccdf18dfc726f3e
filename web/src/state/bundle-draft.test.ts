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

it("asks for an album, as originals or resized", () => {
  const draft = new BundleDraft();
  draft.reset([], "any", [], { album_id: "a1", title: "Trip" });
  draft.setVariant("resized");
  expect(draft.isEmpty).toBe(false);
  expect(draft.toRequest(false)).toEqual({ tags: [], match: "any", photo_ids: [], album_id: "a1", variant: "resized", notify: false });
  draft.removeAlbum();
  expect(draft.isEmpty).toBe(true);
  draft.reset([], "any", ["p1"]);
  expect(draft.variant).toBe("original");
});
