import { expect, it } from "vitest";

import { BundleDraft } from "./bundle-draft.ts";

const LIBRARY: { photos: number; months: Readonly<Record<string, number>> } = { photos: 3, months: { "2019-07": 3 } };
const titleOf = ({ from, to }: { from: string | null; to: string | null }) => `${from ?? ""}/${to ?? ""}`;
const requests = (draft: BundleDraft, notify = false, library = LIBRARY) => draft.toRequests(notify, library, titleOf);

it("toggles tags regardless of case, and removes the selected photos", () => {
  const draft = new BundleDraft();
  draft.reset(["lake"], "all", ["p1", "p2"]);
  draft.toggle("Sea");
  draft.toggle("LAKE");
  expect(requests(draft, true)).toEqual([{ tags: ["sea"], match: "all", photo_ids: ["p1", "p2"], notify: true }]);
  draft.removePhotos();
  draft.toggle("sea");
  expect(draft.problem).toBe("no-tags");
});

it("asks for an album, as originals or resized", () => {
  const draft = new BundleDraft();
  draft.reset([], "any", [], { album_id: "a1", title: "Trip" });
  draft.setVariant("resized");
  draft.setSidecars(true);
  expect(draft.problem).toBeNull();
  const options = { variant: "resized", sidecars: true, notify: false };
  expect(requests(draft)).toEqual([{ tags: [], match: "any", photo_ids: [], album_id: "a1", ...options }]);
  draft.removeAlbum();
  expect(draft.problem).toBe("no-tags");
  draft.reset([], "any", ["p1"]);
  expect([draft.variant, draft.sidecars]).toEqual(["original", false]);
});

it("asks for everything unless something else is chosen, by dates if there are too many photos", () => {
  const draft = new BundleDraft();
  expect([draft.problem, requests(draft)]).toEqual([null, [{ query: {}, notify: false }]]);
  const large = { photos: 18_000, months: { "2018-01": 9000, "2019-01": 9000 } };
  draft.setVariant("resized");
  expect(requests(draft, true, large)).toEqual([
    { query: { to: "2018-12-31" }, title: "/2018-12-31", variant: "resized", notify: true },
    { query: { from: "2019-01-01" }, title: "2019-01-01/", variant: "resized", notify: true },
  ]);
  draft.reset(["lake"], "any", []);
  expect(draft.source).toBe("tags");
});

it("asks for the photos of some days, which must be in order", () => {
  const draft = new BundleDraft();
  draft.setSource("dates");
  expect(draft.problem).toBe("no-dates");
  draft.setDays({ from: "2019-07-02", to: "2019-07-01" });
  expect(draft.problem).toBe("reversed-dates");
  draft.setDays({ from: "2019-07-01", to: "2019-07-01" });
  expect([draft.problem, requests(draft)]).toEqual([
    null,
    [{ query: { from: "2019-07-01", to: "2019-07-01" }, title: "2019-07-01/2019-07-01", notify: false }],
  ]);
  draft.reset([], "any", []);
  expect([draft.source, draft.days]).toEqual(["all", { from: null, to: null }]);
});

it("divides selected photos that are too many for a bundle", () => {
  const draft = new BundleDraft();
  draft.reset(
    [],
    "any",
    Array.from({ length: 20_001 }, (_, index) => `p${index}`),
  );
  expect(requests(draft).map(({ photo_ids }) => photo_ids?.length)).toEqual([10_000, 10_000, 1]);
});
