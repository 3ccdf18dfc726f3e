import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { FACET_KINDS, type FacetCounts, type FacetKind, Facets, hasFacet, toggleFacet } from "./facets.ts";
import { allPhotos, tagView, type View, yearView } from "./view.ts";

const MINE = allPhotos("mine");
const LAKE = tagView(MINE, "lake");
const counts = (photos: number): FacetCounts => ({ tags: [], years: [], cameras: [], places: [], photos, complete: true });

/** Facets over requests that the test resolves. */
function createFacets() {
  const requests: (Deferred<FacetCounts> & { view: View })[] = [];
  const facets = new Facets((view) => {
    const request = Object.assign(new Deferred<FacetCounts>(), { view });
    requests.push(request);
    return request.promise;
  });
  return { facets, requests };
}

describe("facets", () => {
  it("are loaded once for a view, and the latest view wins", async () => {
    const { facets, requests } = createFacets();
    void facets.load(MINE);
    void facets.load(LAKE);
    void facets.load(LAKE);
    expect(requests.map(({ view }) => view)).toEqual([MINE, LAKE]);
    requests[1]?.resolve(counts(3));
    requests[0]?.resolve(counts(9));
    await flushPromises();
    expect(facets.counts?.photos).toBe(3);
  });

  it("stay while others of the same scope are loaded", async () => {
    const { facets, requests } = createFacets();
    void facets.load(MINE);
    requests[0]?.resolve(counts(9));
    await flushPromises();
    void facets.load(LAKE);
    expect(facets.counts?.photos).toBe(9);
    void facets.load(allPhotos("public"));
    expect(facets.counts).toBeNull();
  });

  it("are loaded again after an error and after changes, but not once cleared", async () => {
    const { facets, requests } = createFacets();
    void facets.load(MINE);
    requests[0]?.reject(new Error("offline"));
    await flushPromises();
    expect(facets.error).toEqual(new Error("offline"));
    void facets.load(MINE);
    void facets.reload();
    expect(requests).toHaveLength(3);
    facets.clear();
    requests[2]?.resolve(counts(1));
    await flushPromises();
    await facets.reload();
    expect([facets.counts, requests.length]).toEqual([null, 3]);
  });
});

describe("a value", () => {
  it("narrows the view, and is removed again", () => {
    const narrowed: Record<FacetKind, View> = {
      tags: LAKE,
      years: yearView(MINE, "2019"),
      cameras: { ...MINE, camera: "Pixel 8" },
      places: { ...MINE, place: "São Tomé" },
    };
    const names: Record<FacetKind, string> = { tags: "Lake", years: "2019", cameras: "Pixel 8", places: "São Tomé" };
    for (const kind of FACET_KINDS) {
      expect(toggleFacet(MINE, kind, names[kind])).toEqual(narrowed[kind]);
      expect([hasFacet(MINE, kind, names[kind]), hasFacet(narrowed[kind], kind, names[kind])]).toEqual([false, true]);
      expect(toggleFacet(narrowed[kind], kind, names[kind])).toEqual(MINE);
    }
  });
});
