import { describe, expect, it } from "vitest";

import { readConfig } from "./config.ts";

const identity = {
  issuer: "https://issuer.test/pool",
  authorize: "https://signin.test/oauth2/authorize",
  token: "https://signin.test/oauth2/token",
  revoke: "https://signin.test/oauth2/revoke",
  logout: "https://signin.test/logout",
  client_id: "page",
  redirect_uri: "https://page.test/",
  scopes: ["openid", "email"],
};

describe("readConfig", () => {
  it("returns the API's URL and the identity provider", () => {
    const config = readConfig({ api: "https://api.test/stage/", identity, demo: true, refresh_seconds: 1 });
    expect(config).toEqual({ api: "https://api.test/stage", identity, demo: true, refreshInterval: 1000 });
  });

  it("sets demo to false by default", () => {
    expect(readConfig({ api: "https://api.test", identity }).demo).toBe(false);
    expect(readConfig({ api: "https://api.test", identity }).refreshInterval).toBeNull();
  });

  it("accepts scopes as a string, and has a default", () => {
    const scopes = (given: unknown) => readConfig({ api: "https://api.test", identity: { ...identity, scopes: given } }).identity.scopes;
    expect(scopes("openid email")).toEqual(["openid", "email"]);
    expect(scopes(undefined)).toEqual(["openid"]);
  });

  it("throws an error that names every missing field", () => {
    expect(() => readConfig({ identity: { ...identity, client_id: undefined } })).toThrow(
      "Missing in config.json: api, identity.client_id",
    );
    expect(() => readConfig("what?")).toThrow("api, identity.issuer, identity.authorize");
  });
});
