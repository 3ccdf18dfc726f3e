import { describe, expect, it } from "vitest";

import { FakeClock, settled } from "../fakes/clock.ts";
import { ids, photo } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { Freshener } from "./url-refresher.ts";

function freshening() {
  const clock = new FakeClock();
  const asked: string[] = [];
  const fresh: Photo[] = [];
  const freshener = new Freshener(
    (id) => {
      asked.push(id);
      return id === "broken" ? Promise.reject(new Error("no")) : Promise.resolve(photo(id));
    },
    (found) => fresh.push(found),
    clock,
  );
  return { clock, asked, fresh, freshener };
}

describe("photos whose image did not load", () => {
  it("are asked for anew, also after one that cannot be had", async () => {
    const { fresh, freshener } = freshening();
    for (const id of ["a", "broken", "b"]) freshener.freshen(id);
    await settled();
    expect(ids(fresh)).toEqual(["a", "b"]);
  });

  it("are not asked for more than once a minute", async () => {
    const { clock, asked, freshener } = freshening();
    freshener.freshen("a");
    freshener.freshen("a");
    await clock.pass(59_000);
    freshener.freshen("a");
    await settled();
    expect(asked).toEqual(["a"]);
    await clock.pass(1000);
    freshener.freshen("a");
    await settled();
    expect(asked).toEqual(["a", "a"]);
  });
});
