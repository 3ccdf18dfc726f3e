import { describe, expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { makeAlbum } from "../fakes/albums.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import type { Album, AlbumUpdate } from "./albums.ts";
import { CurrentAlbum, restoration } from "./current-album.ts";

/** The current album over requests that the test resolves. */
function createCurrent() {
  const loads: (Deferred<Album | null> & { id: string })[] = [];
  const updates: (Deferred<Album> & { update: AlbumUpdate | readonly string[]; version: number })[] = [];
  const send = (update: AlbumUpdate | readonly string[], version: number) => {
    const request = Object.assign(new Deferred<Album>(), { update, version });
    updates.push(request);
    return request.promise;
  };
  const current = new CurrentAlbum({
    getAlbum: (id) => {
      const request = Object.assign(new Deferred<Album | null>(), { id });
      loads.push(request);
      return request.promise;
    },
    updateAlbum: (_, update, version) => send(update, version),
    orderAlbum: (_, photoIds, version) => send(photoIds, version),
  });
  return { current, loads, updates };
}

/** An album that is loaded. */
async function opened(album: Album) {
  const parts = createCurrent();
  void parts.current.load(album.album_id);
  parts.loads[0]?.resolve(album);
  await flushPromises();
  return parts;
}

describe("loading", () => {
  it("shows an album, and none after another one was asked for", async () => {
    const { current, loads } = createCurrent();
    void current.load("a");
    expect([current.status, current.album]).toEqual(["loading", null]);
    void current.load("b");
    loads[1]?.resolve(makeAlbum("b"));
    loads[0]?.resolve(makeAlbum("a"));
    await flushPromises();
    expect([current.status, current.album?.album_id]).toEqual(["ready", "b"]);
    await current.load(null);
    expect([current.id, current.album]).toEqual([null, null]);
  });

  it("distinguishes an album that the user may not see from an error", async () => {
    const { current, loads } = createCurrent();
    void current.load("a");
    loads[0]?.resolve(null);
    await flushPromises();
    expect(current.status).toBe("missing");
    void current.load("b");
    const error = new NetworkError("no response");
    loads[1]?.reject(error);
    await flushPromises();
    expect([current.status, current.error]).toEqual(["failed", error]);
  });

  it("keeps the known version while it loads again, also after an error", async () => {
    const { current, loads } = await opened(makeAlbum("a", { photos: 1 }));
    void current.reload();
    expect([current.status, current.album?.photos]).toEqual(["ready", 1]);
    loads[1]?.reject(new NetworkError("no response"));
    await flushPromises();
    expect([current.status, current.album?.photos]).toEqual(["ready", 1]);
  });
});

describe("an edit", () => {
  it("shows at once, and keeps what only one album has", async () => {
    const { current, updates } = await opened(makeAlbum("a", { title: "Old", from: "2025-08-12", to_review: 2 }));
    const edited = current.edit({ title: "New" });
    expect(current.album?.title).toBe("New");
    await flushPromises();
    expect([updates[0]?.update, updates[0]?.version]).toEqual([{ title: "New" }, 1]);
    updates[0]?.resolve(makeAlbum("a", { title: "New", version: 2 }));
    expect(await edited).toBe("saved");
    expect(current.album).toMatchObject({ title: "New", version: 2, from: "2025-08-12", to_review: 2 });
  });

  it("waits for the edit before, and is sent with its version", async () => {
    const { current, updates } = await opened(makeAlbum("a"));
    void current.edit({ title: "New" });
    const second = current.orderByHand(["p1"]);
    await flushPromises();
    expect([updates.length, current.album?.order]).toEqual([1, "manual"]);
    updates[0]?.resolve(makeAlbum("a", { title: "New", version: 2 }));
    await flushPromises();
    expect([updates[1]?.update, updates[1]?.version]).toEqual([["p1"], 2]);
    updates[1]?.resolve(makeAlbum("a", { title: "New", order: "manual", version: 3 }));
    expect(await second).toBe("saved");
  });

  it("is reverted if the API rejects it", async () => {
    const { current, updates } = await opened(makeAlbum("a", { title: "Old" }));
    const edited = current.edit({ title: "New" });
    await flushPromises();
    const error = new HttpError(400, "invalid", "The title is too long.");
    updates[0]?.reject(error);
    expect(await edited).toBe("failed");
    expect([current.album?.title, current.error]).toEqual(["Old", error]);
  });

  it("gives way to a newer version of somebody else", async () => {
    const { current, loads, updates } = await opened(makeAlbum("a", { title: "Old" }));
    const edited = current.edit({ title: "New" });
    await flushPromises();
    updates[0]?.reject(new HttpError(412, "version_mismatch", ""));
    await flushPromises();
    loads[1]?.resolve(makeAlbum("a", { title: "Theirs", version: 5 }));
    expect(await edited).toBe("conflict");
    expect([current.album?.title, current.album?.version]).toEqual(["Theirs", 5]);
  });

  it("is taken back by what the album had before", () => {
    const album = makeAlbum("a", { title: "Old", cover_photo_id: "p1" });
    expect(restoration(album, { title: "New" })).toEqual({ title: "Old" });
    expect(restoration(album, { cover_photo_id: null })).toEqual({ cover_photo_id: "p1" });
  });
});
