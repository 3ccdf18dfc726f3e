import { expect, it } from "vitest";

import { Draft } from "./bundle-draft.ts";

it("a draft takes tags in and out, however they are written, and forgets the photos picked", () => {
  const draft = new Draft();
  draft.begin(["lake"], "all", ["p1", "p2"]);
  draft.toggle("Sea");
  draft.toggle("LAKE");
  expect(draft.order(true)).toEqual({ tags: ["sea"], match: "all", photo_ids: ["p1", "p2"], notify: true });
  draft.withoutPhotos();
  draft.toggle("sea");
  expect(draft.isEmpty).toBe(true);
});
