import { describe, expect, it } from "vitest";

import { readConfig } from "./config.ts";

const identity = {
  issuer: "https://issuer.test/pool",
  authorize: "https://signin.test/oauth2/authorize",
  token: "https://signin.test/oauth2/token",
  logout: "https://signin.test/logout",
  client_id: "page",
  redirect_uri: "https://page.test/",
  scopes: ["openid", "email"],
};

describe("config.json", () => {
  it("tells where the API and the sign-in are", () => {
    const config = readConfig({ api: "https://api.test/stage/", identity, demo: true });
    expect(config).toEqual({ api: "https://api.test/stage", identity, demo: true });
  });

  it("is no demo unless it says so", () => {
    expect(readConfig({ api: "https://api.test", identity }).demo).toBe(false);
  });

  it("may write scopes as one text, or leave them to us", () => {
    const scopes = (given: unknown) =>
      readConfig({ api: "https://api.test", identity: { ...identity, scopes: given } }).identity.scopes;
    expect(scopes("openid email")).toEqual(["openid", "email"]);
    expect(scopes(undefined)).toEqual(["openid"]);
  });

  it("is refused with every missing field named at once", () => {
    expect(() => readConfig({ identity: { ...identity, client_id: undefined } })).toThrow("Missing in config.json: api, identity.client_id");
    expect(() => readConfig("what?")).toThrow("api, identity.issuer, identity.authorize");
  });
});
