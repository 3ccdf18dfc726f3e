import { describe, expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { type Bundle, Bundles, milestone, type BundleRequest, completedFraction } from "./bundles.ts";

const bundle = (id: string, overrides: Partial<Bundle> = {}, done = 0): Bundle => ({
  bundle_id: id,
  title: "",
  state: "building",
  created_at: "2026-01-01T00:00:00Z",
  expires_at: "2026-01-08T00:00:00Z",
  notify: false,
  reason: null,
  progress: { photos_done: done / 10, photos: 10, bytes_done: done, bytes: 100 },
  volumes: [],
  skipped: [],
  ...overrides,
});

/** Bundles over an API that the test controls. */
function createBundles(...items: Bundle[]) {
  const clock = new FakeClock();
  const library = {
    now: new Map(items.map((item) => [item.bundle_id, item])),
    looks: [] as number[],
    orders: [] as BundleRequest[],
    error: null as Error | null,
  };
  const response = <FakeResponse>(made: () => FakeResponse): Promise<FakeResponse> =>
    library.error === null ? Promise.resolve().then(made) : Promise.reject(library.error);
  const bundles = new Bundles(
    {
      listLabels: () =>
        response(() => [
          { name: "Sea", count: 2 },
          { name: "Lake", count: 32 },
          { name: "Air", count: 2 },
        ]),
      getStatistics: () => response(() => ({ photos: 36, bytes: 100, tags: 3, months: {}, as_of: null })),
      listBundles: () => response(() => [...library.now.values()]),
      getBundle: (id) => {
        library.looks.push(clock.now() / 1000);
        return response(() => library.now.get(id) ?? null);
      },
      createBundle: (order) =>
        response(() => {
          library.orders.push(order);
          library.now.set("new", bundle("new", { state: "queued" }));
          return "new";
        }),
      deleteBundle: (id) =>
        response(() => {
          library.now.delete(id);
        }),
    },
    clock,
  );
  return { clock, library, bundles, ids: () => bundles.items.map(({ bundle_id }) => bundle_id) };
}

describe("start", () => {
  it("loads labels by count and bundles newest first", async () => {
    const { bundles, ids } = createBundles(bundle("old"), bundle("new", { created_at: "2026-01-02T00:00:00Z" }));
    await bundles.start();
    expect(bundles.labels.map(({ name }) => name)).toEqual(["Lake", "Air", "Sea"]);
    expect([ids(), bundles.status]).toEqual([["new", "old"], "ready"]);
  });

  it("sets the error", async () => {
    const { bundles, library } = createBundles();
    library.error = new NetworkError();
    await bundles.start();
    expect([bundles.status, bundles.error]).toEqual(["failed", library.error]);
  });
});

describe("polling", () => {
  it("polls less and less often without progress, and stops at the end", async () => {
    const { bundles, library, clock } = createBundles(bundle("a"));
    await bundles.start();
    await clock.advance(12_000);
    expect(library.looks).toEqual([1, 2, 4, 7, 12]);
    library.now.set("a", bundle("a", {}, 30));
    await clock.advance(8000);
    expect(completedFraction(bundles.items[0] ?? bundle("a"))).toBe(0.3);
    library.now.set("a", bundle("a", { state: "ready" }, 100));
    await clock.advance(1000);
    expect([library.looks.slice(5), bundles.items[0]?.state, bundles.announcement]).toEqual([[20, 21], "ready", "ready"]);
    await clock.advance(600_000);
    expect(library.looks).toHaveLength(7);
  });

  it("pauses", async () => {
    const { bundles, library, clock } = createBundles(bundle("a"));
    await bundles.start();
    bundles.pause();
    await clock.advance(60_000);
    expect(library.looks).toEqual([]);
    bundles.resume();
    await flushPromises();
    expect(library.looks).toEqual([60]);
  });

  it("continues after errors and removes bundles that no longer exist", async () => {
    const { bundles, library, clock, ids } = createBundles(bundle("a"));
    await bundles.start();
    library.error = new NetworkError();
    await clock.advance(5000);
    expect(ids()).toEqual(["a"]);
    library.error = null;
    library.now.clear();
    await clock.advance(60_000);
    expect(ids()).toEqual([]);
  });
});

describe("create", () => {
  it("puts the new bundle first and polls it", async () => {
    const { bundles, library, clock, ids } = createBundles(bundle("a", { state: "ready" }));
    await bundles.start();
    const order: BundleRequest = { tags: ["lake"], match: "any", photo_ids: [], notify: false };
    expect(await bundles.create([order])).toBe(1);
    expect([library.orders, ids()]).toEqual([[order], ["new", "a"]]);
    library.now.set("new", bundle("new", {}, 50));
    await clock.advance(1000);
    expect([bundles.items[0]?.state, bundles.announcement]).toEqual(["building", "50%"]);
  });

  it("sets the error of a rejected request", async () => {
    const { bundles, library, ids } = createBundles();
    await bundles.start();
    library.error = new HttpError(400, "invalid", "There are no photos.");
    expect(await bundles.create([{ tags: ["x"], match: "any", photo_ids: [], notify: false }])).toBe(0);
    expect([bundles.error, bundles.creating, ids()]).toEqual([library.error, false, []]);
  });
});

describe("delete", () => {
  it("deletes a bundle once the user confirms, and keeps it after an error", async () => {
    const { bundles, library, ids } = createBundles(bundle("a"));
    await bundles.start();
    bundles.askToDelete("a");
    expect([bundles.toDelete, ids()]).toEqual(["a", ["a"]]);
    library.error = new NetworkError();
    expect(await bundles.delete()).toBe(false);
    expect([bundles.toDelete, bundles.error, ids()]).toEqual(["a", library.error, ["a"]]);
    library.error = null;
    const [first, second] = [bundles.delete(), bundles.delete()];
    bundles.cancelDelete();
    expect(await Promise.all([first, second])).toEqual([true, false]);
    expect([bundles.toDelete, bundles.error, ids()]).toEqual([null, null, []]);
  });

  it("keeps the bundle if the user cancels", async () => {
    const { bundles, ids } = createBundles(bundle("a", { state: "ready" }));
    await bundles.start();
    bundles.askToDelete("a");
    bundles.cancelDelete();
    expect([bundles.toDelete, ids()]).toEqual([null, ["a"]]);
  });
});

it("announces every quarter and the end", () => {
  const announcement = (from: number, to: number) => milestone(bundle("a", {}, from), bundle("a", {}, to));
  expect([announcement(0, 24), announcement(24, 25), announcement(26, 49), announcement(30, 80)]).toEqual([null, "25%", null, "75%"]);
  expect(milestone(bundle("a"), bundle("a", { state: "failed" }))).toBe("failed");
});
