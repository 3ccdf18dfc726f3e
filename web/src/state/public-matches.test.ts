import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { PublicMatches } from "./public-matches.ts";
import { allPhotos, photosInState, tagView, type View } from "./view.ts";

const LAKE = tagView(allPhotos("mine"), "lake");

/** Public matches of a gallery in which every search finds a photo, and the requested views. */
function createMatches() {
  const requests: View[] = [];
  const matches = new PublicMatches((view) => {
    requests.push(view);
    return Promise.resolve({ items: [makePhoto("a")], cursor: null });
  });
  return { matches, requests };
}

describe("public matches", () => {
  it("are looked for once, when the user's own view is empty", async () => {
    const { matches, requests } = createMatches();
    await matches.update(LAKE, false);
    await matches.update(LAKE, true);
    await matches.update(LAKE, true);
    expect(requests).toEqual([{ ...LAKE, scope: "public" }]);
    expect(matches.view).toEqual({ ...LAKE, scope: "public" });
    await matches.update(LAKE, false);
    expect(matches.view).toBeNull();
  });

  it("are not looked for from the public gallery, the trash, or with filters of own photos", async () => {
    const { matches, requests } = createMatches();
    for (const view of [allPhotos("public"), photosInState("trashed"), { ...LAKE, favorite: true }]) await matches.update(view, true);
    expect(requests).toEqual([]);
    expect(matches.view).toBeNull();
  });

  it("are none if the gallery cannot be reached", async () => {
    const matches = new PublicMatches(() => Promise.reject(new Error("offline")));
    await matches.update(LAKE, true);
    expect(matches.view).toBeNull();
  });
});
