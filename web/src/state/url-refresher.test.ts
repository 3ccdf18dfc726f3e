import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { UrlRefresher } from "./url-refresher.ts";

function freshening() {
  const clock = new FakeClock();
  const asked: string[] = [];
  const fresh: Photo[] = [];
  const freshener = new UrlRefresher(
    (id) => {
      asked.push(id);
      return id === "broken" ? Promise.reject(new Error("no")) : Promise.resolve(makePhoto(id));
    },
    (found) => fresh.push(found),
    clock,
  );
  return { clock, asked, fresh, freshener };
}

describe("UrlRefresher", () => {
  it("fetches photos again, also after an error", async () => {
    const { fresh, freshener } = freshening();
    for (const id of ["a", "broken", "b"]) freshener.refresh(id);
    await flushPromises();
    expect(photoIds(fresh)).toEqual(["a", "b"]);
  });

  it("fetches a photo at most once a minute", async () => {
    const { clock, asked, freshener } = freshening();
    freshener.refresh("a");
    freshener.refresh("a");
    await clock.advance(59_000);
    freshener.refresh("a");
    await flushPromises();
    expect(asked).toEqual(["a"]);
    await clock.advance(1000);
    freshener.refresh("a");
    await flushPromises();
    expect(asked).toEqual(["a", "a"]);
  });
});
