import { describe, expect, it } from "vitest";

import { HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import { photosInState, allPhotos, tagView, type View } from "../state/view.ts";
import { ApiClient, type TokenProvider } from "./client.ts";

interface Sent {
  readonly address: string;
  readonly method: string;
  readonly token: string | null;
  readonly body: unknown;
  readonly match: string | null;
  readonly accept: string | null;
  readonly at: number;
}

type FakeResponse = Response | Error;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });
const refusal = (status: number, headers: Record<string, string> = {}) =>
  json({ error: `A sentence about ${status}.`, code: `code_${status}` }, status, headers);

/** A client with fake responses, by URL or in order. */
function createClient(responses: FakeResponse[] | ((address: string) => FakeResponse), tokens: (string | null)[] = ["good"]) {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const refused: string[] = [];
  const session: TokenProvider = {
    accessToken: () => Promise.resolve(tokens[0] ?? null),
    idToken: () => Promise.resolve(tokens[0] === null ? null : `id-${tokens[0] ?? ""}`),
    renewIdToken: (token) => {
      refused.push(token);
      return Promise.resolve(tokens[1] === undefined ? null : `id-${tokens[1] ?? ""}`);
    },
    renewAccessToken: (token) => {
      refused.push(token);
      return Promise.resolve(tokens[1] ?? null);
    },
  };
  const api = new ApiClient("https://api.test", session, clock, (address, init) => {
    const headers = new Headers(init.headers);
    sent.push({
      address: address.replace("https://api.test", ""),
      method: init.method ?? "",
      token: headers.get("Authorization"),
      body: typeof init.body === "string" ? JSON.parse(init.body) : null,
      match: headers.get("If-Match"),
      accept: headers.get("Accept"),
      at: clock.now(),
    });
    const response = typeof responses === "function" ? responses(address) : responses.shift();
    if (response === undefined) throw new Error("too many requests");
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });
  return { api, clock, sent, refused };
}

const EMPTY = { items: [], cursor: null };

it("pauses all requests for the Retry-After of a 429", async () => {
  const { api, clock, sent } = createClient([refusal(429, { "Retry-After": "3" }), json(EMPTY), json(EMPTY)]);
  const first = api.listPhotos(allPhotos("mine"), null, 50);
  await clock.advance(100);
  const second = api.listPhotos(allPhotos("public"), null, 50);
  await clock.advance(5000);
  await Promise.all([first, second]);
  expect(sent.map(({ at }) => at >= 3000)).toEqual([false, true, true]);
});

it("leaves a Retry-After of minutes to the user", async () => {
  const { api, sent } = createClient([refusal(429, { "Retry-After": "840" })]);
  await expect(api.listPhotos(allPhotos("mine"), null, 50)).rejects.toMatchObject({ status: 429, retryAfter: 840_000 });
  expect(sent).toHaveLength(1);
});

describe("a request", () => {
  it("reads the timeline or the photos of a tag", async () => {
    const { api, sent } = createClient(() => json(EMPTY));
    await api.listPhotos(allPhotos("mine"), null, 50);
    await api.listPhotos(tagView(allPhotos("public"), "golden hour"), "c/1", 100);
    expect(sent.map(({ address }) => address)).toEqual([
      "/photos?scope=mine&limit=50",
      "/photos?tag=golden+hour&scope=public&limit=100&cursor=c%2F1",
    ]);
  });

  it("sends each tag and the match", async () => {
    const { api, sent } = createClient(() => json(EMPTY));
    const several = { ...allPhotos("mine"), tags: ["a", "b"], excluded: ["c", "d"] };
    await api.listPhotos({ ...several, match: "any" }, null, 50);
    expect(sent[0]?.address).toBe("/photos?tag=a&tag=b&match=any&not=c&not=d&scope=mine&limit=50");
  });

  it("sends the days of a timeline, or the state", async () => {
    const { api, sent } = createClient(() => json(EMPTY));
    await api.listPhotos({ ...allPhotos("public"), from: "2026-01-01", to: "2026-01-31" }, null, 50);
    await api.rejectedPhotos();
    expect(sent.map(({ address }) => address)).toEqual([
      "/photos?from=2026-01-01&to=2026-01-31&scope=public&limit=50",
      "/photos?state=rejected&scope=mine&limit=100",
    ]);
  });

  it("sends every filter of a search, and asks for a count with the first page", async () => {
    const { api, sent } = createClient(() => json(EMPTY));
    const search: View = {
      ...allPhotos("mine"),
      words: ["dog", "50%"],
      on: "11-27",
      camera: "Pixel 8",
      place: "São Tomé",
      favorite: true,
      rating: 4,
      bounds: [-1.5, 0, 1, 2],
      order: "added",
    };
    await api.listPhotos(search, null, 50, true);
    await api.listPhotos(allPhotos("mine"), "c", 50, true);
    await api.listOldestPhotos({ ...allPhotos("mine"), from: "2019-01-01" }, null, 50);
    expect(sent.map(({ address }) => address)).toEqual([
      "/photos?q=dog+50%25&on=11-27&camera=Pixel+8&place=S%C3%A3o+Tom%C3%A9&favorite=true&rating=4&bounds=-1.5%2C0%2C1%2C2&order=added" +
        "&scope=mine&limit=50&count=true",
      "/photos?scope=mine&limit=50&cursor=c",
      "/photos?scope=mine&from=2019-01-01&limit=50&order=oldest",
    ]);
  });

  it("reads suggestions, names and facets", async () => {
    const facets = { tags: [], years: [{ name: "2019", count: 3 }], cameras: [], places: [], photos: 3, complete: true };
    const lisbon = { kind: "place", name: "Lisbon", count: 12 };
    const { api, sent } = createClient([
      json({ items: [lisbon] }),
      json({ items: [{ tag_name: "Lisbon", count: 12 }] }),
      json({ ...EMPTY, facets }),
      json(EMPTY),
    ]);
    expect(await api.suggestNames("lis", "mine")).toEqual([lisbon]);
    expect(await api.listNames("place")).toEqual(["Lisbon"]);
    expect(await api.countFacets(tagView(allPhotos("mine"), "lake"))).toEqual(facets);
    expect((await api.countFacets(allPhotos("mine"))).photos).toBe(0);
    expect(sent.map(({ address }) => address)).toEqual([
      "/search/suggestions?q=lis&limit=8&scope=mine",
      "/gallery/trending?kind=place&scope=mine&limit=100",
      "/photos?tag=lake&scope=mine&limit=1&facets=true",
      "/photos?scope=mine&limit=1&facets=true",
    ]);
  });

  it("completes a tag within a scope", async () => {
    const { api, sent } = createClient([json({ items: [{ tag_name: "Mountain", count: 3 }] })]);
    expect(await api.completeTag("mo", "public")).toEqual([{ tag_name: "Mountain", count: 3 }]);
    expect(sent[0]?.address).toBe("/gallery/tags?prefix=mo&limit=10&scope=public");
  });

  it("lists, creates and revokes keys", async () => {
    const key = { key_id: "k/1", name: "pi", can: ["read"], created_at: "", last_used: null };
    const { api, sent } = createClient([json({ items: [key] }), json({ ...key, key: "tt_1" }, 201), new Response(null, { status: 204 })]);
    expect(await api.listKeys()).toEqual([key]);
    expect((await api.createKey("pi", ["read"])).key).toBe("tt_1");
    await api.revokeKey("k/1");
    expect(sent.map(({ method, address, body }) => [method, address, body])).toEqual([
      ["GET", "/keys", null],
      ["POST", "/keys", { name: "pi", can: ["read"] }],
      ["DELETE", "/keys/k%2F1", null],
    ]);
  });

  it("sends the token of a signed-in user, and none otherwise", async () => {
    const inside = createClient([json(EMPTY)], ["good"]);
    await inside.api.listTrends("mine", "heat");
    expect(inside.sent[0]?.token).toBe("Bearer good");
    const outside = createClient([json(EMPTY)], [null]);
    await outside.api.listTrends("public", "count");
    expect(outside.sent[0]?.token).toBeNull();
  });

  it("omits optional fields of an upload that are empty", async () => {
    const { api, sent } = createClient(() => json({ duplicate_of: "p1" }));
    await api.createUpload({ filename: "a.jpg", bytes: 5, sha256: null, tags: [], status: "private", album: null });
    await api.createUpload({ filename: "b.jpg", bytes: 5, sha256: "00ff", tags: ["lake"], status: "public", album: "a1" });
    expect(sent.map(({ body }) => body)).toEqual([
      { filename: "a.jpg", bytes: 5, status: "private" },
      { filename: "b.jpg", bytes: 5, status: "public", sha256: "00ff", tags: ["lake"], album: "a1" },
    ]);
  });
});

describe("an error response", () => {
  it("becomes an HttpError with its status, code and message", async () => {
    const { api } = createClient([refusal(400)]);
    const error: unknown = await api.getPhoto("a").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 400, code: "code_400", message: "A sentence about 400." });
  });

  it("becomes an HttpError without a readable body too", async () => {
    const { api } = createClient([new Response("<html>", { status: 502 })]);
    await expect(api.getPhoto("a")).rejects.toMatchObject({ status: 502, code: "unknown" });
  });

  it("is retried after 429 and 503, with growing delays", async () => {
    const { api, clock, sent } = createClient([refusal(429), refusal(503), json(makePhoto("a"))]);
    const response = api.getPhoto("a");
    await clock.advance(5000);
    expect(await response).toEqual(makePhoto("a"));
    expect(sent.map(({ at }) => at)).toEqual([0, 500, 1500]);
  });

  it("is retried no sooner than Retry-After", async () => {
    const { api, clock, sent } = createClient([refusal(503, { "Retry-After": "7" }), json(makePhoto("a"))]);
    const response = api.getPhoto("a");
    await clock.advance(8000);
    await response;
    expect(sent.map(({ at }) => at)).toEqual([0, 7000]);
  });

  it("is thrown after the last attempt", async () => {
    const { api, clock, sent } = createClient(() => refusal(429));
    const response = expect(api.getPhoto("a")).rejects.toMatchObject({ status: 429 });
    await clock.advance(60_000);
    await response;
    expect(sent).toHaveLength(5);
  });

  it.each([500, 502, 504])("is retried for %d with Retry-After if the request has the same effect twice", async (status) => {
    const wait = { "Retry-After": "2" };
    const read = createClient([refusal(status, wait), json(makePhoto("a"))]);
    const photo = read.api.getPhoto("a");
    await read.clock.advance(3000);
    expect(await photo).toEqual(makePhoto("a"));
    expect(read.sent.map(({ at }) => at)).toEqual([0, 2000]);
    const deleted = createClient([refusal(status, wait), refusal(404)]);
    const done = deleted.api.deleteAlbum("a");
    await deleted.clock.advance(3000);
    await done;
    expect(deleted.sent).toHaveLength(2);
  });

  it.each([500, 502, 504])("is not retried for %d if the request may have had its effect", async (status) => {
    const { api, sent } = createClient(() => refusal(status, { "Retry-After": "2" }));
    await expect(api.createKey("pi", ["read"])).rejects.toMatchObject({ status });
    await expect(api.updatePhoto("a", { tags: ["sea"] }, 3)).rejects.toMatchObject({ status });
    expect(sent).toHaveLength(2);
  });

  it.each([400, 404, 409])("is not retried for %d, even with Retry-After", async (status) => {
    const { api, sent } = createClient(() => refusal(status, { "Retry-After": "2" }));
    await expect(api.listKeys()).rejects.toMatchObject({ status });
    expect(sent).toHaveLength(1);
  });

  it("is not retried for any other status", async () => {
    const { api, sent } = createClient([refusal(500)]);
    await expect(api.getPhoto("a")).rejects.toMatchObject({ status: 500 });
    expect(sent).toHaveLength(1);
  });
});

describe("a failed fetch", () => {
  it("becomes a NetworkError", async () => {
    const { api } = createClient([new TypeError("Failed to fetch")]);
    await expect(api.getPhoto("a")).rejects.toBeInstanceOf(NetworkError);
  });
});

describe("a rejected token", () => {
  it("is renewed, and the request sent again", async () => {
    const { api, sent, refused } = createClient([refusal(401), json(makePhoto("a"))], ["old", "new"]);
    expect(await api.getPhoto("a")).toEqual(makePhoto("a"));
    expect(refused).toEqual(["old"]);
    expect(sent.map(({ token }) => token)).toEqual(["Bearer old", "Bearer new"]);
  });

  it("throws a SignedOutError if it cannot be renewed", async () => {
    const { api } = createClient([refusal(401)], ["old"]);
    await expect(api.getPhoto("a")).rejects.toBeInstanceOf(SignedOutError);
  });

  it("is renewed only once", async () => {
    const { api, sent } = createClient([refusal(401), refusal(401)], ["old", "new"]);
    await expect(api.getPhoto("a")).rejects.toMatchObject({ status: 401 });
    expect(sent).toHaveLength(2);
  });
});

describe("a photo", () => {
  it("is null if it does not exist or is not visible", async () => {
    const { api } = createClient([refusal(404)]);
    expect(await api.getPhoto("gone")).toBeNull();
  });

  it("is among those that the user added last", async () => {
    const { api, sent } = createClient([json({ items: [makePhoto("b"), makePhoto("a")], cursor: "more" })]);
    expect(photoIds(await api.recentPhotos())).toEqual(["b", "a"]);
    expect(sent[0]?.address).toBe("/photos?order=added&scope=mine&limit=100");
  });
});

it("requests a random photo as JSON", async () => {
  const drawn = { photo: makePhoto("a"), probability: 0.25 };
  const { api, sent } = createClient([json(drawn)]);
  expect(await api.randomPhoto("golden hour", "public")).toEqual(drawn);
  expect(sent[0]).toMatchObject({ address: "/random?label=golden+hour&scope=public", accept: "application/json" });
});

describe("changing photos", () => {
  it("sends the ids and the change", async () => {
    const results = [{ photo_id: "a", ok: true, photo: makePhoto("a") }];
    const { api, sent } = createClient(() => json({ results }));
    expect(await api.runBatch(["a"], { action: "trash" })).toEqual(results);
    await api.runBatch(["a", "b"], { action: "tag", tags: ["sea"] });
    expect(sent.map(({ method, address, body }) => [method, address, body])).toEqual([
      ["POST", "/photos/batch", { photo_ids: ["a"], action: "trash" }],
      ["POST", "/photos/batch", { photo_ids: ["a", "b"], action: "tag", tags: ["sea"] }],
    ]);
  });

  it("deletes, and ignores what does not exist", async () => {
    const { api, sent } = createClient([new Response(null, { status: 204 }), refusal(404), refusal(409)]);
    await api.deleteAlbum("a/1");
    await api.deleteAlbum("b");
    await expect(api.deleteAlbum("c")).rejects.toMatchObject({ status: 409 });
    expect([sent[0]?.method, sent[0]?.address]).toEqual(["DELETE", "/albums/a%2F1"]);
  });

  it("sends the version, and keeps the invalid field", async () => {
    const wrong = { error: "Not so.", code: "invalid", field: "weight" };
    const { api, sent } = createClient([json(makePhoto("a")), json(wrong, 400), refusal(412)]);
    await api.updatePhoto("a", { tags: ["sea"] }, 3);
    expect(sent[0]).toMatchObject({ method: "PATCH", address: "/photos/a", body: { tags: ["sea"] }, match: '"3"' });
    await expect(api.updatePhoto("a", { weight: 2 }, 4)).rejects.toMatchObject({ status: 400, field: "weight" });
    await expect(api.updatePhoto("a", { weight: 0.2 }, 4)).rejects.toMatchObject({ status: 412, field: null });
  });

  it("lists the trash", async () => {
    const { api, sent } = createClient(() => json(EMPTY));
    await api.listPhotos(photosInState("trashed"), null, 50);
    expect(sent[0]?.address).toBe("/photos?state=trashed&scope=mine&limit=50");
  });
});

describe("bundles", () => {
  it("creates, reads and cancels a bundle, and ignores one that does not exist", async () => {
    const order = { tags: ["sea"], match: "any", photo_ids: ["a"], notify: true } as const;
    const { api, sent } = createClient([
      json({ bundle_id: "b/1", state: "queued", photos: 1, bytes: 9 }, 202),
      json({ bundle_id: "b/1" }),
      refusal(404),
      refusal(404),
    ]);
    expect(await api.createBundle(order)).toBe("b/1");
    expect(await api.getBundle("b/1")).toEqual({ bundle_id: "b/1" });
    expect(await api.getBundle("gone")).toBeNull();
    await api.deleteBundle("b/1");
    expect(sent.map(({ method, address, body }) => [method, address, body])).toEqual([
      ["POST", "/bundles", order],
      ["GET", "/bundles/b%2F1", null],
      ["GET", "/bundles/gone", null],
      ["DELETE", "/bundles/b%2F1", null],
    ]);
  });

  it("lists labels with their counts", async () => {
    const { api } = createClient([json({ labels: { Mountain: { count: 32 } } })]);
    expect(await api.listLabels()).toEqual([{ name: "Mountain", count: 32 }]);
  });
});

it("sends the id token for notifications", async () => {
  const notifications = { subscriptions: [], channels: ["email"] };
  const { api, sent, refused } = createClient(
    [refusal(401), json(notifications), json(notifications), new Response(null, { status: 204 })],
    ["old", "new"],
  );
  expect(await api.getNotifications()).toEqual(notifications);
  await api.subscribe("email");
  await api.unsubscribe();
  expect(sent.map(({ method, token, body }) => [method, token, body])).toEqual([
    ["GET", "Bearer id-old", null],
    ["GET", "Bearer id-new", null],
    ["POST", "Bearer id-old", { channel: "email" }],
    ["DELETE", "Bearer id-old", null],
  ]);
  expect(refused).toEqual(["id-old"]);
});

it("sends the id token for albums, whose address accepts invitations", async () => {
  const page = { items: [], cursor: null };
  const { api, sent } = createClient([json(page)], ["old"]);
  expect(await api.listAlbums("shared", null)).toEqual(page);
  expect(sent.map(({ token }) => token)).toEqual(["Bearer id-old"]);
});
