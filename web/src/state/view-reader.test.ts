import { describe, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto, photoIds } from "../fakes/photos.ts";
import type { Page } from "./photo-list.ts";
import { allPhotos } from "./view.ts";
import { ViewReader } from "./view-reader.ts";

const MINE = allPhotos("mine");

/** A reader over pages that the test resolves. */
function createReader() {
  const requests: { cursor: string | null; limit: number; count: boolean | undefined; page: Deferred<Page> }[] = [];
  const reader = new ViewReader((_, cursor, limit, count) => {
    const page = new Deferred<Page>();
    requests.push({ cursor, limit, count, page });
    return page.promise;
  });
  const resolve = async (index: number, ids: readonly string[], cursor: string | null, found?: Page["found"]) => {
    requests[index]?.page.resolve({ items: ids.map((id) => makePhoto(id)), cursor, ...(found && { found }) });
    await flushPromises();
  };
  return { reader, requests, resolve };
}

describe("ViewReader", () => {
  it("reads all pages with progress, each photo once", async () => {
    const { reader, requests, resolve } = createReader();
    const reading = reader.read(MINE);
    expect(reader.progress).toEqual({ done: 0, total: null });
    await resolve(0, ["a", "b"], "c1", { photos: 3, exact: true });
    expect(reader.progress).toEqual({ done: 2, total: 3 });
    await resolve(1, [], "c2");
    await resolve(2, ["b", "c"], null);
    const outcome = await reading;
    expect([photoIds(outcome?.photos ?? []), outcome?.error, reader.progress]).toEqual([["a", "b", "c"], null, null]);
    expect(requests.map(({ cursor, limit, count }) => [cursor, limit, count])).toEqual([
      [null, 100, true],
      ["c1", 100, false],
      ["c2", 100, false],
    ]);
  });

  it("counts nothing if the number is known, and shows none that is too small", async () => {
    const { reader, requests, resolve } = createReader();
    void reader.read(MINE, 1);
    expect([reader.progress?.total, requests[0]?.count]).toEqual([1, false]);
    await resolve(0, ["a", "b"], "c1");
    expect(reader.progress).toEqual({ done: 2, total: 2 });
  });

  it("has no total if the API knows none", async () => {
    const { reader, resolve } = createReader();
    void reader.read(MINE);
    await resolve(0, ["a"], "c1", { photos: 500, exact: false });
    expect(reader.progress).toEqual({ done: 1, total: null });
  });

  it("returns what was read before an error", async () => {
    const { reader, requests, resolve } = createReader();
    const reading = reader.read(MINE);
    await resolve(0, ["a"], "c1");
    requests[1]?.page.reject(new NetworkError());
    const outcome = await reading;
    expect([photoIds(outcome?.photos ?? []), outcome?.error, reader.progress]).toEqual([["a"], expect.any(NetworkError), null]);
  });

  it("stops when it is canceled, or when another view is read", async () => {
    const { reader, requests, resolve } = createReader();
    const first = reader.read(MINE);
    reader.cancel();
    expect(reader.progress).toBeNull();
    await resolve(0, ["a"], "c1");
    const second = reader.read(MINE);
    const third = reader.read(MINE);
    requests[1]?.page.reject(new NetworkError());
    await resolve(2, ["c"], null);
    expect([await first, await second, photoIds((await third)?.photos ?? []), requests.length]).toEqual([null, null, ["c"], 3]);
  });
});
