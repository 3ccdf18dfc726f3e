import { beforeEach, describe, expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makeGuestPhoto, makeSharedAlbum } from "../fakes/guests.ts";
import { GuestAlbum, type GuestAlbumApi, type GuestPage, takesPhotos } from "./guest-album.ts";

/** An album with pages of photos, and errors to throw instead. */
class FakeApi implements GuestAlbumApi {
  pages: GuestPage[] = [{ items: [makeGuestPhoto("a"), makeGuestPhoto("b")], cursor: null }];
  album = makeSharedAlbum();
  error: Error | null = null;
  passwordError: Error | null = null;
  readonly requested: (string | null)[] = [];

  getAlbum() {
    return this.error === null ? Promise.resolve(this.album) : Promise.reject(this.error);
  }

  listPhotos(cursor: string | null): Promise<GuestPage> {
    this.requested.push(cursor);
    const page = this.pages[cursor === null ? 0 : Number(cursor)];
    return this.error === null && page !== undefined ? Promise.resolve(page) : Promise.reject(this.error ?? new Error("no page"));
  }

  enterPassword(): Promise<void> {
    if (this.passwordError !== null) return Promise.reject(this.passwordError);
    this.error = null;
    return Promise.resolve();
  }
}

const ids = (album: GuestAlbum) => album.photos.map(({ photo_id }) => photo_id);

let api: FakeApi;
let album: GuestAlbum;

beforeEach(() => {
  api = new FakeApi();
  album = new GuestAlbum(api, () => 1000);
});

it("loads the album and its first photos", async () => {
  await album.load();
  expect([album.status, album.album?.title, ids(album), album.hasMore]).toEqual(["ready", "Summer", ["a", "b"], false]);
});

describe("more photos", () => {
  beforeEach(async () => {
    api.pages = [
      { items: [makeGuestPhoto("a"), makeGuestPhoto("b")], cursor: "1" },
      { items: [makeGuestPhoto("b"), makeGuestPhoto("c")], cursor: null },
    ];
    await album.load();
  });

  it("are appended, each once", async () => {
    void album.loadMore();
    // Resolves when the photos are there that were loading already.
    await album.loadMore();
    expect([ids(album), album.hasMore, api.requested]).toEqual([["a", "b", "c"], false, [null, "1"]]);
  });

  it("can be loaded again after an error", async () => {
    api.error = new NetworkError("no response");
    await album.loadMore();
    expect([album.status, album.error, album.hasMore]).toEqual(["ready", api.error, true]);
    api.error = null;
    await album.loadMore();
    expect([ids(album), album.error]).toEqual([["a", "b", "c"], null]);
  });

  it("are dropped if the album was loaded again meanwhile", async () => {
    const late = new Deferred<GuestPage>();
    const slow: GuestAlbumApi = {
      getAlbum: () => api.getAlbum(),
      listPhotos: (cursor) => (cursor === null ? api.listPhotos(null) : late.promise),
      enterPassword: () => api.enterPassword(),
    };
    const other = new GuestAlbum(slow, () => 0);
    await other.load();
    const more = other.loadMore();
    await other.load();
    late.resolve({ items: [makeGuestPhoto("z")], cursor: null });
    await more;
    expect(ids(other)).toEqual(["a", "b"]);
  });
});

it("refreshes with as many photos as before, and keeps what it has after an error", async () => {
  api.pages = [
    { items: [makeGuestPhoto("a")], cursor: "1" },
    { items: [makeGuestPhoto("b")], cursor: "2" },
  ];
  await album.load();
  await album.loadMore();
  api.pages[0] = { items: [makeGuestPhoto("new")], cursor: "1" };
  await album.refresh();
  expect([ids(album), album.hasMore]).toEqual([["new", "b"], true]);
  api.error = new NetworkError("no response");
  await album.refresh();
  expect([album.status, ids(album)]).toEqual(["ready", ["new", "b"]]);
});

it("says why a link does not open", async () => {
  for (const [error, status] of [
    [new HttpError(404, "not_found", ""), "missing"],
    [new HttpError(410, "expired", ""), "expired"],
    [new HttpError(401, "password_required", ""), "password"],
    [new HttpError(500, "internal", ""), "failed"],
    [new NetworkError("no response"), "failed"],
  ] as const) {
    api.error = error;
    await album.load();
    expect([album.status, album.album]).toEqual([status, null]);
  }
});

it("shows nothing any more once the link is revoked", async () => {
  await album.load();
  api.error = new HttpError(404, "not_found", "");
  await album.refresh();
  expect([album.status, album.photos, album.album]).toEqual(["missing", [], null]);
});

describe("a password", () => {
  beforeEach(async () => {
    api.error = new HttpError(401, "password_required", "");
    await album.load();
  });

  it("opens the album", async () => {
    await album.enterPassword("right");
    expect([album.status, ids(album)]).toEqual(["ready", ["a", "b"]]);
  });

  it("may be wrong", async () => {
    api.passwordError = new HttpError(401, "wrong_password", "");
    await album.enterPassword("guess");
    expect([album.status, album.passwordProblem]).toEqual(["password", { kind: "wrong" }]);
  });

  it("can't be tried for a while after too many", async () => {
    api.passwordError = new HttpError(429, "too_many_attempts", "", 840_000);
    await album.enterPassword("guess");
    expect(album.passwordProblem).toEqual({ kind: "throttled", until: 841_000 });
  });

  it("may not arrive", async () => {
    api.passwordError = new NetworkError("no response");
    await album.enterPassword("right");
    expect(album.passwordProblem).toEqual({ kind: "failed", error: api.passwordError });
  });

  it("is for a link that may expire meanwhile", async () => {
    api.passwordError = new HttpError(410, "expired", "");
    await album.enterPassword("right");
    expect(album.status).toBe("expired");
  });
});

it("replaces a photo whose URLs expired", async () => {
  await album.load();
  album.replace(makeGuestPhoto("b", { image_url: "https://images.test/new" }));
  expect(album.photos.map(({ image_url: url }) => url)).toEqual(["https://images.test/a", "https://images.test/new"]);
});

it("takes photos only while there is room", () => {
  const room = (add: boolean, bytes: number) => takesPhotos(makeSharedAlbum({ add, max_upload_bytes: bytes }));
  expect([room(true, 1), room(true, 0), room(false, 1)]).toEqual([true, false, false]);
});
