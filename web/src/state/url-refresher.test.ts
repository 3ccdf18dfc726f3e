import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { UrlRefresher } from "./url-refresher.ts";

function createRefresher() {
  const clock = new FakeClock();
  const requests: string[] = [];
  const refreshed: Photo[] = [];
  const refresher = new UrlRefresher(
    (id) => {
      requests.push(id);
      return id === "broken" ? Promise.reject(new Error("no")) : Promise.resolve(makePhoto(id));
    },
    (found) => refreshed.push(found),
    clock,
  );
  return { clock, requests, refreshed, refresher };
}

describe("UrlRefresher", () => {
  it("fetches photos again, also after an error", async () => {
    const { refreshed, refresher } = createRefresher();
    for (const id of ["a", "broken", "b"]) refresher.refresh(id);
    await flushPromises();
    expect(photoIds(refreshed)).toEqual(["a", "b"]);
  });

  it("fetches a photo at most once a minute", async () => {
    const { clock, requests, refresher } = createRefresher();
    refresher.refresh("a");
    refresher.refresh("a");
    await clock.advance(59_000);
    refresher.refresh("a");
    await flushPromises();
    expect(requests).toEqual(["a"]);
    await clock.advance(1000);
    refresher.refresh("a");
    await flushPromises();
    expect(requests).toEqual(["a", "a"]);
  });
});
