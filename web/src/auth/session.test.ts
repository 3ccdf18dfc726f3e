import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { type PendingSignIn, type TokenSet, GrantRejectedError, type IdentityProvider, Session, type TabStorage } from "./session.ts";

const HOUR = 3_600_000;

class FakeStorage implements TabStorage {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** A provider that issues access-1, access-2 … and records its calls. */
class FakeIdentity implements IdentityProvider {
  readonly exchanged: [string, PendingSignIn][] = [];
  readonly renewed: string[] = [];
  error: Error | null = null;
  #given = 0;

  startSignIn() {
    return Promise.resolve({ address: "https://signin.test/?x", departure: { verifier: "v", state: "s" } });
  }

  exchangeCode(address: URL, departure: PendingSignIn): Promise<TokenSet> {
    this.exchanged.push([address.searchParams.get("code") ?? "", departure]);
    return this.#grant("ada@example.com", "refresh-1");
  }

  refresh(refreshToken: string): Promise<TokenSet> {
    this.renewed.push(refreshToken);
    return this.#grant(null, null);
  }

  logoutUrl(): string {
    return "https://signin.test/logout";
  }

  #grant(name: string | null, refreshToken: string | null): Promise<TokenSet> {
    if (this.error) return Promise.reject(this.error);
    this.#given += 1;
    return Promise.resolve({ accessToken: `access-${this.#given}`, idToken: `id-${this.#given}`, expiresIn: HOUR, refreshToken, name });
  }
}

const PAGE = new URL("https://page.test/");
const RETURN = new URL("https://page.test/?code=c0de&state=s");

function parts() {
  const identity = new FakeIdentity();
  const storage = new FakeStorage();
  const clock = new FakeClock();
  return { identity, storage, clock, session: new Session(identity, storage, clock) };
}

async function signedIn() {
  const made = parts();
  await made.session.signIn("?tag=lake");
  await made.session.start(RETURN);
  return made;
}

describe("start", () => {
  it("signs out in a new tab", async () => {
    const { session } = parts();
    expect(session.status).toBe("starting");
    expect(await session.start(PAGE)).toBeNull();
    expect(session).toMatchObject({ status: "signed-out", name: null, expired: false });
    expect(await session.accessToken()).toBeNull();
  });

  it("signs in with a stored refresh token", async () => {
    const { session, storage, identity } = parts();
    storage.setItem("tintype.refresh", "refresh-0");
    storage.setItem("tintype.name", "ada@example.com");
    await session.start(PAGE);
    expect(session).toMatchObject({ status: "signed-in", name: "ada@example.com" });
    expect(identity.renewed).toEqual(["refresh-0"]);
  });

  it("expires the session if the refresh token was rejected", async () => {
    const { session, storage, identity } = parts();
    storage.setItem("tintype.refresh", "refresh-0");
    identity.error = new GrantRejectedError("ended");
    await session.start(PAGE);
    expect(session).toMatchObject({ status: "signed-out", expired: true });
    expect(storage.items.size).toBe(0);
  });

  it("keeps the refresh token if the provider is unreachable", async () => {
    const { session, storage, identity } = parts();
    storage.setItem("tintype.refresh", "refresh-0");
    identity.error = new TypeError("no network");
    await expect(session.start(PAGE)).rejects.toThrow("no network");
    expect(session.status).toBe("signed-out");
    expect(storage.getItem("tintype.refresh")).toBe("refresh-0");
  });
});

describe("signing in", () => {
  it("exchanges the code and returns the query from before", async () => {
    const { session, identity, storage } = parts();
    expect(await session.signIn("?tag=lake")).toBe("https://signin.test/?x");
    expect(await session.start(RETURN)).toBe("?tag=lake");
    expect(identity.exchanged).toEqual([["c0de", { verifier: "v", state: "s" }]]);
    expect(session).toMatchObject({ status: "signed-in", name: "ada@example.com" });
    expect(storage.getItem("tintype.departure")).toBeNull();
  });

  it("returns to the page only", async () => {
    for (const [query, returned] of [
      ["?scope=mine&photo=a#about", "?scope=mine&photo=a#about"],
      ["#keys", "#keys"],
      ["//evil.test/", ""],
      ["https://evil.test/?tag=lake", ""],
    ] as const) {
      const { session } = parts();
      await session.signIn(query);
      expect(await session.start(RETURN)).toBe(returned);
    }
  });

  it("keeps the access token out of the tab's storage", async () => {
    const { storage } = await signedIn();
    expect([...storage.items.values()].join()).not.toContain("access");
  });

  it("is rejected if no sign-in is pending", async () => {
    const { session, identity } = parts();
    await expect(session.start(RETURN)).rejects.toThrow(GrantRejectedError);
    expect(session.status).toBe("signed-out");
    expect(identity.exchanged).toEqual([]);
  });

  it("leaves the user signed out if the provider rejects it", async () => {
    const { session, identity } = parts();
    await session.signIn("");
    identity.error = new GrantRejectedError("denied");
    await expect(session.start(new URL("https://page.test/?error=denied&state=s"))).rejects.toThrow("denied");
    expect(session.status).toBe("signed-out");
  });
});

describe("the access token", () => {
  it("is reused while it is valid", async () => {
    const { session, clock } = await signedIn();
    await clock.advance(HOUR - 61_000);
    expect(await session.accessToken()).toBe("access-1");
  });

  it("is renewed a minute before it expires, once for all callers", async () => {
    const { session, clock, identity } = await signedIn();
    await clock.advance(HOUR - 59_000);
    expect(await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()])).toEqual(Array(3).fill("access-2"));
    expect(identity.renewed).toEqual(["refresh-1"]);
    expect(await session.accessToken()).toBe("access-2");
  });

  it("is renewed after the API rejects it", async () => {
    const { session } = await signedIn();
    expect(await session.renewAccessToken("access-1")).toBe("access-2");
  });

  it("is not renewed twice for two requests with the same token", async () => {
    const { session, identity } = await signedIn();
    await session.renewAccessToken("access-1");
    expect(await session.renewAccessToken("access-1")).toBe("access-2");
    expect(identity.renewed).toHaveLength(1);
  });

  it("is null, and the session expired, if it cannot be renewed", async () => {
    const { session, identity } = await signedIn();
    identity.error = new GrantRejectedError("ended");
    let notifications = 0;
    session.watch(() => (notifications += 1));
    expect(await session.renewAccessToken("access-1")).toBeNull();
    expect(session).toMatchObject({ status: "signed-out", expired: true, name: null });
    expect(notifications).toBe(1);
  });

  it("stays if the provider is temporarily unreachable", async () => {
    const { session, identity } = await signedIn();
    identity.error = new TypeError("no network");
    await expect(session.renewAccessToken("access-1")).rejects.toThrow("no network");
    expect(session.status).toBe("signed-in");
  });
});

describe("signing out", () => {
  it("clears the session and returns the provider's sign-out URL", async () => {
    const { session, storage } = await signedIn();
    expect(session.signOut()).toBe("https://signin.test/logout");
    expect(session).toMatchObject({ status: "signed-out", expired: false, name: null });
    expect(storage.items.size).toBe(0);
    expect(await session.accessToken()).toBeNull();
  });

  it("takes precedence over a renewal in progress", async () => {
    const { session } = await signedIn();
    const renewal = session.renewAccessToken("access-1");
    session.signOut();
    expect(await renewal).toBeNull();
    expect(session.status).toBe("signed-out");
  });
});

describe("the id token", () => {
  it("belongs to the current access token", async () => {
    const { session, clock } = await signedIn();
    expect(await session.idToken()).toBe("id-1");
    await clock.advance(HOUR);
    expect(await session.idToken()).toBe("id-2");
    session.signOut();
    expect(await session.idToken()).toBeNull();
  });

  it("is renewed once after a rejection", async () => {
    const { session, identity } = await signedIn();
    expect(await session.renewIdToken("id-1")).toBe("id-2");
    expect(await session.renewIdToken("id-1")).toBe("id-2");
    expect(identity.renewed).toHaveLength(1);
  });
});
