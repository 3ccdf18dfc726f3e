import { describe, expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { type ApiKey, ApiKeys, type NewApiKey, type Permission, curlExample, exportCommand, formatLastUse } from "./api-keys.ts";

const key = (id: string, can: readonly Permission[] = ["read"]): ApiKey => ({
  key_id: id,
  name: `the ${id}`,
  can,
  created_at: "2026-11-21T10:00:00.000Z",
  last_used: null,
});
const fresh = (id: string, can?: readonly Permission[]): NewApiKey => ({ ...key(id, can), key: `tt_${id}_secret` });

/** API keys over requests that the test resolves. */
function office() {
  const lists: Deferred<readonly ApiKey[]>[] = [];
  const orders: { name: string; can: readonly Permission[]; response: Deferred<NewApiKey> }[] = [];
  const ends: { id: string; response: Deferred<void> }[] = [];
  const put = <Item>(into: Item[], item: Item): Item => (into.push(item), item);
  const keys = new ApiKeys({
    listKeys: () => put(lists, new Deferred<readonly ApiKey[]>()).promise,
    createKey: (name, can) => put(orders, { name, can, response: new Deferred<NewApiKey>() }).response.promise,
    revokeKey: (id) => put(ends, { id, response: new Deferred<void>() }).response.promise,
  });
  const holding = async (...items: ApiKey[]) => {
    void keys.load();
    lists.at(-1)?.resolve(items);
    await flushPromises();
  };
  return { keys, lists, orders, ends, holding };
}

describe("load", () => {
  it("is loading, then ready", async () => {
    const { keys, holding } = office();
    let changes = 0;
    keys.watch(() => (changes += 1));
    expect(keys.status).toBe("loading");
    await holding(key("a"), key("b"));
    expect([keys.status, keys.items.map(({ key_id }) => key_id)]).toEqual(["ready", ["a", "b"]]);
    expect(changes).toBeGreaterThan(0);
  });

  it("sets the error and can load again", async () => {
    const { keys, lists, holding } = office();
    void keys.load();
    const error = new NetworkError();
    lists[0]?.reject(error);
    await flushPromises();
    expect([keys.status, keys.error]).toEqual(["failed", error]);
    await holding(key("a"));
    expect([keys.status, keys.error, keys.items.length]).toEqual(["ready", null, 1]);
  });
});

describe("create", () => {
  it("adds the key first and holds its secret until it is dismissed", async () => {
    const { keys, orders, holding } = office();
    await holding(key("a"));
    const making = keys.create("b", ["read", "upload"]);
    expect(keys.creating).toBe(true);
    expect(orders[0]).toMatchObject({ name: "b", can: ["read", "upload"] });
    orders[0]?.response.resolve(fresh("b"));
    expect(await making).toBe(true);
    expect([keys.creating, keys.created?.key]).toEqual([false, "tt_b_secret"]);
    expect(keys.items.map(({ key_id }) => key_id)).toEqual(["b", "a"]);
    keys.dismissCreated();
    expect(keys.created).toBeNull();
    expect(keys.items).toHaveLength(2);
  });

  it("creates one key at a time", async () => {
    const { keys, orders } = office();
    void keys.create("a", ["read"]);
    expect(await keys.create("a", ["read"])).toBe(false);
    expect(orders).toHaveLength(1);
  });

  it("sets the error", async () => {
    const { keys, orders, holding } = office();
    await holding(key("a"));
    const making = keys.create("b", ["read"]);
    const error = new HttpError(409, "conflict", "You have 50 keys.");
    orders[0]?.response.reject(error);
    expect(await making).toBe(false);
    expect([keys.creating, keys.created, keys.error, keys.items.length]).toEqual([false, null, error, 1]);
  });
});

describe("revoke", () => {
  it("asks for confirmation first and can be canceled", async () => {
    const { keys, ends, holding } = office();
    await holding(key("a"));
    keys.askToRevoke(key("a"));
    keys.cancelRevoke();
    expect([keys.toRevoke, ends.length, keys.items.length]).toEqual([null, 0, 1]);
    await expect(keys.revoke()).rejects.toThrow("no key to revoke");
  });

  it.each([null, new HttpError(404, "not_found", "API key not found.")])("takes it out of the list", async (error) => {
    const { keys, ends, holding } = office();
    await holding(key("a"), key("b"));
    keys.askToRevoke(key("a"));
    const revoking = keys.revoke();
    expect([keys.revoking, ends[0]?.id]).toEqual([true, "a"]);
    expect(await keys.revoke()).toBe(false);
    keys.cancelRevoke();
    keys.askToRevoke(key("b"));
    expect(keys.toRevoke?.key_id).toBe("a");
    if (error === null) ends[0]?.response.resolve();
    else ends[0]?.response.reject(error);
    expect(await revoking).toBe(true);
    expect([keys.revoking, keys.toRevoke, ends.length]).toEqual([false, null, 1]);
    expect(keys.items.map(({ key_id }) => key_id)).toEqual(["b"]);
  });

  it("keeps the key after an error", async () => {
    const { keys, ends, holding } = office();
    await holding(key("a"));
    keys.askToRevoke(key("a"));
    const revoking = keys.revoke();
    const error = new NetworkError();
    ends[0]?.response.reject(error);
    expect(await revoking).toBe(false);
    expect([keys.revoking, keys.toRevoke?.key_id, keys.error, keys.items.length]).toEqual([false, "a", error, 1]);
  });

  it("discards the secret of the revoked key", async () => {
    const { keys, orders, ends, holding } = office();
    await holding(key("a"));
    const making = keys.create("b", ["read"]);
    orders[0]?.response.resolve(fresh("b"));
    await making;
    for (const [id, secret] of [
      ["a", "tt_b_secret"],
      ["b", undefined],
    ] as const) {
      keys.askToRevoke(key(id));
      const revoking = keys.revoke();
      ends.at(-1)?.response.resolve();
      await revoking;
      expect(keys.created?.key).toBe(secret);
    }
  });
});

it("shows a curl command for what the key may do", () => {
  const line = (...can: Permission[]) => curlExample("https://a.test/api", fresh("a", can));
  expect(line("read", "upload")).toBe('curl -H "Authorization: Bearer tt_a_secret" https://a.test/api/photos');
  expect(line("upload", "manage")).toMatch(/ -T photo\.jpg https:\/\/a\.test\/api\/originals\/$/);
  expect(line("manage")).toMatch(/ https:\/\/a\.test\/api\/me$/);
});

it("shows how to export the library with a key that may read", () => {
  expect(exportCommand("https://a.test/api", fresh("a", ["read", "share"]))).toBe(
    "TINTYPE_URL=https://a.test/api TINTYPE_KEY=tt_a_secret tintype export --to tintype-export",
  );
  expect(exportCommand("https://a.test/api", fresh("a", ["upload", "manage"]))).toBeNull();
});

describe("formatLastUse", () => {
  const used = "2026-11-21T10:00:00.000Z";
  const minutes = (count: number) => Date.parse(used) + count * 60_000;

  it("is no more exact than the API", () => {
    expect(formatLastUse(null, minutes(0))).toBe("Never used");
    expect(formatLastUse(used, minutes(0))).toBe("Last used within the last 10 minutes");
    expect(formatLastUse(used, minutes(9.9))).toBe("Last used within the last 10 minutes");
    expect(formatLastUse(used, minutes(10))).toMatch(/^Last used around .*2026/);
  });
});
