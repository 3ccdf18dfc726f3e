import { expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { makeAlbum } from "../fakes/albums.ts";
import { flushPromises } from "../fakes/clock.ts";
import { AlbumNames } from "./album-names.ts";
import type { Album } from "./albums.ts";

it("loads each title once, unless that failed", async () => {
  const answers: (() => Promise<Album | null>)[] = [
    () => Promise.reject(new NetworkError("no response")),
    () => Promise.resolve(makeAlbum("a", { title: "Lisbon" })),
  ];
  const requested: string[] = [];
  const names = new AlbumNames({
    getAlbum: (id) => {
      requested.push(id);
      return answers.shift()?.() ?? Promise.resolve(null);
    },
  });
  let renders = 0;
  names.watch(() => (renders += 1));
  expect([names.titleOf("a"), names.titleOf("a")]).toEqual([null, null]);
  await flushPromises();
  expect(names.titleOf("a")).toBeNull();
  await flushPromises();
  expect([names.titleOf("a"), renders, requested]).toEqual(["Lisbon", 1, ["a", "a"]]);
  names.set(makeAlbum("a", { title: "Porto" }));
  expect(names.titleOf("a")).toBe("Porto");
  names.clear();
  expect(names.titleOf("a")).toBeNull();
});

it("has no title for an album that the user may not see", async () => {
  const names = new AlbumNames({ getAlbum: () => Promise.resolve(null) });
  names.titleOf("a");
  await flushPromises();
  expect(names.titleOf("a")).toBeNull();
});
