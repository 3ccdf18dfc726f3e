import { beforeEach, describe, expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { makeShare } from "../fakes/shares.ts";
import { type NewShare, type Share, type ShareApi, type SharePage, Shares, type ShareSubject, type ShareTerms } from "./shares.ts";

const ALBUM: ShareSubject = { kind: "album", albumId: "al1", title: "Summer" };
const TERMS: ShareTerms = { name: "Family", download: "resized", add: false, review: false };
const PHOTOS: ShareSubject = { kind: "photos", photoIds: ["a", "b"], title: "" };

class FakeApi implements ShareApi {
  pages: SharePage[] = [{ items: [makeShare("s1"), makeShare("s2")], cursor: null }];
  error: Error | null = null;
  readonly calls: unknown[] = [];

  listShares(cursor: string | null): Promise<SharePage> {
    return this.#answer(["list", cursor], this.pages[cursor === null ? 0 : 1] ?? { items: [], cursor: null });
  }

  listAlbumShares(albumId: string): Promise<readonly Share[]> {
    return this.#answer(["list album", albumId], this.pages[0]?.items ?? []);
  }

  createShare(subject: ShareSubject, terms: ShareTerms): Promise<NewShare> {
    return this.#answer(["create", subject.title, terms.name], {
      ...makeShare("new"),
      token: "new.secret",
      url: "https://api.test/s/new.secret",
    });
  }

  updateShare(shareId: string, terms: ShareTerms, version: number): Promise<Share> {
    return this.#answer(["update", shareId, terms.name, version], makeShare(shareId, { name: "changed", version: 2 }));
  }

  revokeShare(shareId: string): Promise<void> {
    return this.#answer(["revoke", shareId], undefined);
  }

  #answer<Value>(call: unknown, value: Value): Promise<Value> {
    this.calls.push(call);
    return this.error === null ? Promise.resolve(value) : Promise.reject(this.error);
  }
}

let api: FakeApi;

beforeEach(() => {
  api = new FakeApi();
});

const ids = (shares: Shares) => shares.items.map(({ share_id }) => share_id);

/** The state with the list loaded. */
async function load(subject: ShareSubject | null): Promise<Shares> {
  const shares = new Shares(api, subject);
  await shares.load();
  return shares;
}

it("lists the links of an album, or all of them in pages", async () => {
  expect(ids(await load(ALBUM))).toEqual(["s1", "s2"]);
  api.pages = [
    { items: [makeShare("s1")], cursor: "c" },
    { items: [makeShare("s2")], cursor: null },
  ];
  const all = await load(null);
  expect([ids(all), all.hasMore]).toEqual([["s1"], true]);
  await all.loadMore();
  expect([ids(all), all.hasMore]).toEqual([["s1", "s2"], false]);
});

it("lists none for photos", async () => {
  const shares = await load(PHOTOS);
  expect([shares.status, shares.items, api.calls]).toEqual(["ready", [], []]);
});

it("says if the list did not load, and loads it again", async () => {
  api.error = new NetworkError("no response");
  const shares = await load(ALBUM);
  expect([shares.status, shares.error]).toEqual(["failed", api.error]);
  api.error = null;
  await shares.load();
  expect(shares.status).toBe("ready");
});

describe("a new link", () => {
  it("has its URL until that is dismissed", async () => {
    const shares = await load(ALBUM);
    expect(await shares.create(TERMS, "")).toBe(true);
    expect([shares.created?.url, ids(shares)]).toEqual(["https://api.test/s/new.secret", ["new", "s1", "s2"]]);
    shares.dismissCreated();
    expect([shares.created, ids(shares)[0]]).toEqual([null, "new"]);
  });

  it("has a title of its own if it is for photos", async () => {
    const shares = await load(PHOTOS);
    await shares.create(TERMS, "Best of");
    expect(api.calls).toEqual([["create", "Best of", "Family"]]);
  });

  it("is created once, and not at all after an error", async () => {
    const shares = await load(ALBUM);
    api.error = new HttpError(409, "conflict", "Too many links.");
    expect(await Promise.all([shares.create(TERMS, ""), shares.create(TERMS, "")])).toEqual([false, false]);
    expect([shares.error, shares.busy, shares.created, api.calls.length]).toEqual([api.error, false, null, 2]);
  });
});

describe("a change", () => {
  it("replaces the link in the list", async () => {
    const shares = await load(ALBUM);
    shares.edit(makeShare("s2", { version: 1 }));
    expect(await shares.save({ ...TERMS, name: "changed" })).toBe(true);
    expect([shares.editing, shares.items[1]?.name, api.calls.at(-1)]).toEqual([null, "changed", ["update", "s2", "changed", 1]]);
  });

  it("keeps the form open after an error", async () => {
    const shares = await load(ALBUM);
    shares.edit(makeShare("s2"));
    api.error = new HttpError(412, "version_mismatch", "");
    expect(await shares.save(TERMS)).toBe(false);
    expect([shares.editing?.share_id, shares.error]).toEqual(["s2", api.error]);
  });
});

describe("revoking", () => {
  it("removes the link once it is confirmed, also its URL", async () => {
    const shares = await load(ALBUM);
    await shares.create(TERMS, "");
    shares.askToRevoke(makeShare("new"));
    expect(await shares.revoke()).toBe(true);
    expect([ids(shares), shares.created, shares.toRevoke]).toEqual([["s1", "s2"], null, null]);
  });

  it("is done if the link is gone already, and is not after another error", async () => {
    const shares = await load(ALBUM);
    shares.askToRevoke(makeShare("s1"));
    api.error = new NetworkError("no response");
    expect([await shares.revoke(), shares.toRevoke?.share_id]).toEqual([false, "s1"]);
    api.error = new HttpError(404, "not_found", "");
    expect([await shares.revoke(), ids(shares)]).toEqual([true, ["s2"]]);
  });
});
