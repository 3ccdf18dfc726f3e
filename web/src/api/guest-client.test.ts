import { beforeEach, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { makeGuestPhoto } from "../fakes/guests.ts";
import { createStorage } from "../fakes/preference-storage.ts";
import { GuestClient } from "./guest-client.ts";

const TOKEN = "share1.secret";

interface Sent {
  readonly request: string;
  readonly pass: string | null;
  readonly body: unknown;
}

let sent: Sent[];
let responses: unknown[];
let storage: ReturnType<typeof createStorage>;
let client: GuestClient;

beforeEach(() => {
  [sent, responses, storage] = [[], [], createStorage()];
  client = new GuestClient("https://api.test", TOKEN, storage, new FakeClock(), (address, { method, headers, body }) => {
    const request = `${method ?? ""} ${address.replace("https://api.test/shares/share1.secret", "")}`;
    sent.push({ request, pass: new Headers(headers).get("X-Share-Pass"), body: typeof body === "string" ? JSON.parse(body) : null });
    const response = responses.shift() ?? {};
    return Promise.resolve(response instanceof Response ? response : new Response(JSON.stringify(response)));
  });
});

it("has the token in the path and sends no pass without a password", async () => {
  await client.getAlbum();
  await client.listPhotos(null);
  await client.listPhotos("c/1");
  expect(sent.map(({ request, pass }) => [request, pass])).toEqual([
    ["GET ", null],
    ["GET /photos?limit=100", null],
    ["GET /photos?limit=100&cursor=c%2F1", null],
  ]);
});

it("sends the pass that a password gives, and keeps it under the id of the share", async () => {
  responses = [{ pass: "p1", expires_at: "2026-11-28T00:00:00Z" }];
  await client.enterPassword("secret");
  await client.getAlbum();
  expect(sent).toMatchObject([{ request: "POST /pass", body: { password: "secret" } }, { pass: "p1" }]);
  expect(storage.getItem("tintype.pass.share1")).toBe("p1");
});

it("gives null for a photo that is gone", async () => {
  responses = [new Response("{}", { status: 404 })];
  expect(await client.getPhoto("p1")).toBeNull();
});

it("downloads the original if the link allows it, else the resized image", async () => {
  responses = [makeGuestPhoto("p1", { resized_url: "https://images.test/r" })];
  expect(await client.downloadUrl("p1")).toBe("https://images.test/r");
  responses = [makeGuestPhoto("p1", { original: true }), { url: "https://files.test/o" }];
  expect(await client.downloadUrl("p1")).toBe("https://files.test/o");
  expect(sent.at(-1)?.request).toBe("GET /photos/p1/original");
});
