import { describe, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { makeAlbum } from "../fakes/albums.ts";
import { AlbumList, albumTitled, allAlbums, searchAlbums } from "./album-list.ts";
import type { Album, AlbumScope } from "./albums.ts";

const ids = (albums: readonly Album[]) => albums.map(({ album_id }) => album_id);

/** A library of albums, one on each page; `requests` has the scopes and cursors. */
function createLibrary(mine: readonly string[], shared: readonly string[] = []) {
  const requests: [AlbumScope, string | null][] = [];
  const listAlbums = (scope: AlbumScope, cursor: string | null) => {
    requests.push([scope, cursor]);
    const [all, index] = [scope === "mine" ? mine : shared, Number(cursor ?? 0)];
    const items = all.slice(index, index + 1).map((id) => makeAlbum(id));
    return Promise.resolve({ items, cursor: index + 1 < all.length ? String(index + 1) : null });
  };
  return { listAlbums, requests };
}

describe("a list of albums", () => {
  it("loads page by page to its end", async () => {
    const { listAlbums } = createLibrary(["c", "b", "a"]);
    const list = new AlbumList((cursor) => listAlbums("mine", cursor));
    expect([list.status, list.isEmpty]).toEqual(["loading", false]);
    await list.loadNext();
    expect([list.status, ids(list.items), list.hasMore]).toEqual(["ready", ["c"], true]);
    await list.loadAll();
    await list.loadNext();
    expect([ids(list.items), list.hasMore]).toEqual([["c", "b", "a"], false]);
  });

  it("is empty once it is known to be", async () => {
    const list = new AlbumList(() => Promise.resolve({ items: [], cursor: null }));
    await list.loadAll();
    expect(list.isEmpty).toBe(true);
  });

  it("continues after an error, with each album once", async () => {
    const pages = [
      () => Promise.resolve({ items: [makeAlbum("b")], cursor: "next" }),
      () => Promise.reject(new NetworkError("no response")),
      () => Promise.resolve({ items: [makeAlbum("b"), makeAlbum("a")], cursor: null }),
    ];
    const cursors: (string | null)[] = [];
    const list = new AlbumList((cursor) => {
      cursors.push(cursor);
      return pages.shift()?.() ?? Promise.reject(new Error("no more pages"));
    });
    await list.loadAll();
    expect([list.status, list.error, ids(list.items)]).toEqual(["failed", expect.any(NetworkError), ["b"]]);
    await list.loadAll();
    expect([list.status, list.error, ids(list.items)]).toEqual(["ready", null, ["b", "a"]]);
    expect(cursors).toEqual([null, "next", "next"]);
  });

  it("has the user's own albums, then those that are shared with them", async () => {
    const { listAlbums, requests } = createLibrary(["b", "a"], ["d", "c"]);
    const list = new AlbumList(allAlbums({ listAlbums }));
    await list.loadAll();
    expect(ids(list.items)).toEqual(["b", "a", "d", "c"]);
    expect(requests).toEqual([
      ["mine", null],
      ["mine", "1"],
      ["shared", null],
      ["shared", "1"],
    ]);
  });
});

describe("albums by title", () => {
  const albums = [
    makeAlbum("1", { title: "Our Trip to Lisbon" }),
    makeAlbum("2", { title: "Lisbon 2025" }),
    makeAlbum("3", { title: "Garden" }),
  ];

  it("have all words, those that begin with the text first", () => {
    expect(ids(searchAlbums(albums, "lisbon"))).toEqual(["2", "1"]);
    expect(ids(searchAlbums(albums, " LIS  trip"))).toEqual(["1"]);
    expect(ids(searchAlbums(albums, ""))).toEqual(["1", "2", "3"]);
    expect(searchAlbums(albums, "porto")).toEqual([]);
  });

  it("are found by the whole title in any case", () => {
    expect(albumTitled(albums, " lisbon  2025 ")?.album_id).toBe("2");
    expect(albumTitled(albums, "Lisbon")).toBeNull();
  });
});
