import { describe, expect, it } from "vitest";

import { SignedOutError, StorageError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import { createStorage } from "../fakes/preference-storage.ts";
import { SessionStore, type StoredSession } from "./session-store.ts";
import { type PendingSignIn, type TokenSet, GrantRejectedError, type IdentityProvider, type RunExclusively, Session } from "./session.ts";

const HOUR = 3_600_000;
const ADA = { user: "ada", name: "ada@example.com", refreshToken: "refresh-1" };
const BOB = { user: "bob", name: "bob@example.com", refreshToken: "refresh-b" };

/** A provider that issues access-1, access-2 …, and with `rotates` refresh-2, refresh-3 … of which the last one is valid. */
class FakeIdentity implements IdentityProvider {
  readonly exchanged: [string, PendingSignIn][] = [];
  readonly renewed: string[] = [];
  readonly revoked: string[] = [];
  error: Error | null = null;
  rotates = false;
  #valid = "refresh-1";
  #given = 0;

  startSignIn() {
    return Promise.resolve({ address: "https://signin.test/?x", departure: { verifier: "v", state: "s" } });
  }

  exchangeCode(address: URL, departure: PendingSignIn): Promise<TokenSet> {
    this.exchanged.push([address.searchParams.get("code") ?? "", departure]);
    return this.#grant(ADA, "refresh-1");
  }

  refresh(refreshToken: string): Promise<TokenSet> {
    this.renewed.push(refreshToken);
    if (!this.rotates) return this.#grant({ user: null, name: null }, null);
    if (refreshToken !== this.#valid) return Promise.reject(new GrantRejectedError("used"));
    this.#valid = `refresh-${this.renewed.length + 1}`;
    return this.#grant({ user: null, name: null }, this.#valid);
  }

  revoke(refreshToken: string): Promise<void> {
    this.revoked.push(refreshToken);
    return this.error === null ? Promise.resolve() : Promise.reject(this.error);
  }

  logoutUrl(): string {
    return "https://signin.test/logout";
  }

  #grant({ user, name }: Pick<TokenSet, "user" | "name">, refreshToken: string | null): Promise<TokenSet> {
    if (this.error) return Promise.reject(this.error);
    this.#given += 1;
    const tokens = { accessToken: `access-${this.#given}`, idToken: `id-${this.#given}`, expiresIn: HOUR };
    return Promise.resolve({ ...tokens, refreshToken, user, name });
  }
}

const PAGE = new URL("https://page.test/");
const RETURN = new URL("https://page.test/?code=c0de&state=s");

/** Tabs of one browser, which share a storage and a lock. */
class Browser {
  readonly identity = new FakeIdentity();
  readonly device = createStorage();
  readonly clock = new FakeClock();
  #last: Promise<unknown> = Promise.resolve();

  readonly runExclusively: RunExclusively = (action) => {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => undefined);
    return turn;
  };

  /** `items` is what the tab has stored before it is reloaded. */
  tab(runExclusively = this.runExclusively, blocked = false, items = createStorage()) {
    const storage = { ...items, setItem: (key: string, value: string) => (items.setItem(key, value), !blocked) };
    const store = new SessionStore(storage, this.device);
    const session = new Session({ provider: this.identity, store, tab: storage, runExclusively, clock: this.clock });
    return { session, store, storage };
  }

  store(session: StoredSession): void {
    new SessionStore(createStorage(), this.device).write(session);
  }
}

function parts() {
  const browser = new Browser();
  const { identity, clock } = browser;
  return { browser, identity, clock, ...browser.tab() };
}

async function signedIn() {
  const made = parts();
  await made.session.signIn("?tag=lake");
  await made.session.start(RETURN);
  return made;
}

/** Two tabs of the same session. */
async function twoTabs() {
  const made = await signedIn();
  const other = made.browser.tab();
  await other.session.start(PAGE);
  return { ...made, other: other.session };
}

describe("start", () => {
  it("signs out without a stored session", async () => {
    const { session } = parts();
    expect(session.status).toBe("starting");
    expect(await session.start(PAGE)).toBeNull();
    expect(session).toMatchObject({ status: "signed-out", name: null, expired: false });
    expect(await session.accessToken()).toBeNull();
  });

  it("signs in a new tab with the stored session", async () => {
    const { other, identity } = await twoTabs();
    expect(other).toMatchObject({ status: "signed-in", user: "ada", name: "ada@example.com" });
    expect(identity.renewed).toEqual(["refresh-1"]);
    expect(await other.accessToken()).toBe("access-2");
  });

  it("ignores a stored session that it does not understand", async () => {
    for (const text of ["", "{", "null", "[]", '{"user":1}']) {
      const { session, browser } = parts();
      browser.device.setItem("tintype.session", text);
      await session.start(PAGE);
      expect(session.status).toBe("signed-out");
    }
  });

  it("expires the session if the refresh token was rejected", async () => {
    const { session, browser, identity } = parts();
    browser.store(ADA);
    identity.error = new GrantRejectedError("ended");
    await session.start(PAGE);
    expect(session).toMatchObject({ status: "signed-out", expired: true, user: null });
    expect(await session.accessToken()).toBeNull();
  });

  it("reports once that the session has ended in another tab", async () => {
    const { browser } = parts();
    browser.store({ ...ADA, refreshToken: null });
    for (const expired of [true, false]) {
      const { session } = browser.tab();
      await session.start(PAGE);
      expect(session).toMatchObject({ status: "signed-out", expired });
    }
  });

  it("is signed in while the provider is unreachable, and renews later", async () => {
    const { session, browser, identity } = parts();
    browser.store(ADA);
    identity.error = new TypeError("no network");
    await expect(session.start(PAGE)).rejects.toThrow("no network");
    expect(session).toMatchObject({ status: "signed-in", name: "ada@example.com", expired: false });
    await expect(session.accessToken()).rejects.toThrow("no network");
    identity.error = null;
    expect(await session.accessToken()).toBe("access-1");
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

  it("stores no access token and no id token", async () => {
    const { store, browser } = await signedIn();
    expect(store.read()).toEqual(ADA);
    expect(browser.device.getItem("tintype.session")).not.toMatch(/access-|id-/);
  });

  it("fails if the browser stores nothing", async () => {
    const { browser } = parts();
    await expect(browser.tab(browser.runExclusively, true).session.signIn("")).rejects.toThrow(StorageError);
  });

  it("keeps the session if a stranger's code is rejected", async () => {
    const { session, browser } = parts();
    browser.store(ADA);
    await expect(session.start(RETURN)).rejects.toThrow(GrantRejectedError);
    expect(session).toMatchObject({ status: "signed-in", user: "ada" });
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

  it("is null if it cannot be renewed: the session has expired, and the page stays", async () => {
    const { session, identity } = await signedIn();
    identity.error = new GrantRejectedError("ended");
    let notifications = 0;
    session.watch(() => (notifications += 1));
    expect(await session.renewAccessToken("access-1")).toBeNull();
    expect(session).toMatchObject({ status: "signed-in", expired: true, name: "ada@example.com" });
    expect(notifications).toBe(1);
    await expect(session.accessToken()).rejects.toThrow(SignedOutError);
    await expect(session.idToken()).rejects.toThrow(SignedOutError);
  });

  it("is never missing for a request of the user: the session ends meanwhile, and the request fails", async () => {
    const { session, identity, clock } = await signedIn();
    await clock.advance(HOUR);
    identity.error = new GrantRejectedError("ended");
    await expect(session.accessToken()).rejects.toThrow(SignedOutError);
  });

  it("stays if the provider is temporarily unreachable", async () => {
    const { session, identity } = await signedIn();
    identity.error = new TypeError("no network");
    await expect(session.renewAccessToken("access-1")).rejects.toThrow("no network");
    expect(session.status).toBe("signed-in");
  });
});

describe("signing out", () => {
  it("clears the session, revokes its token, and returns the provider's sign-out URL", async () => {
    const { session, store, identity } = await signedIn();
    expect(await session.signOut()).toBe("https://signin.test/logout");
    expect(session).toMatchObject({ status: "signed-out", expired: false, name: null });
    expect(store.read()).toBeNull();
    expect(identity.revoked).toEqual(["refresh-1"]);
  });

  it("does not need the provider", async () => {
    const { session, store, identity } = await signedIn();
    identity.error = new TypeError("no network");
    expect(await session.signOut()).toBe("https://signin.test/logout");
    expect(store.read()).toBeNull();
  });

  it("takes precedence over a renewal in progress", async () => {
    const { session, store } = await signedIn();
    const renewal = session.renewAccessToken("access-1");
    await session.signOut();
    expect(await renewal).toBeNull();
    expect(session.status).toBe("signed-out");
    expect(store.read()).toBeNull();
  });
});

describe("tabs of the same session", () => {
  it("sign out together", async () => {
    const { session, other } = await twoTabs();
    await session.signOut();
    other.sync();
    expect(other).toMatchObject({ status: "signed-out", expired: false, name: null, isOver: true });
  });

  it("sign out together after the session has expired", async () => {
    const { session, other, identity, browser } = await twoTabs();
    identity.error = new GrantRejectedError("ended");
    await session.renewAccessToken("access-1");
    other.sync();
    await browser.tab().session.start(PAGE);
    other.sync();
    expect(other).toMatchObject({ status: "signed-in", expired: true });
    await session.signOut();
    other.sync();
    expect(other).toMatchObject({ status: "signed-out", expired: false, isOver: true });
  });

  it("sign in together", async () => {
    const { session, browser } = parts();
    await session.start(PAGE);
    browser.store(ADA);
    let notifications = 0;
    session.watch(() => (notifications += 1));
    session.sync();
    session.sync();
    expect(session).toMatchObject({ status: "signed-in", user: "ada", name: "ada@example.com" });
    expect(notifications).toBe(1);
    expect(await session.accessToken()).toBe("access-1");
  });

  it("are over for one user when another one signs in, or somebody does after a sign-out", async () => {
    for (const isSignedOutFirst of [true, false]) {
      const { session, other, browser, identity } = await twoTabs();
      if (isSignedOutFirst) await session.signOut();
      if (isSignedOutFirst) other.sync();
      for (const user of [BOB, ADA]) {
        browser.store(user);
        other.sync();
        expect(other).toMatchObject({ status: "signed-out", user: null, name: null, isOver: true });
        for (const token of [other.accessToken(), other.idToken(), other.renewAccessToken("access-2")]) {
          await expect(token).rejects.toThrow(SignedOutError);
        }
      }
      expect(identity.renewed).toHaveLength(1);
    }
  });

  it("expire together, and continue together after a sign-in", async () => {
    const { session, other, identity, browser } = await twoTabs();
    identity.error = new GrantRejectedError("ended");
    await session.renewAccessToken("access-1");
    other.sync();
    expect(other).toMatchObject({ status: "signed-in", expired: true });
    const third = browser.tab();
    await third.session.start(PAGE);
    for (const tab of [session, other]) {
      tab.sync();
      expect(tab).toMatchObject({ status: "signed-in", expired: true, user: "ada" });
    }
    identity.error = null;
    await third.session.signIn("");
    await third.session.start(RETURN);
    for (const tab of [session, other]) {
      tab.sync();
      expect(tab).toMatchObject({ status: "signed-in", expired: false, user: "ada" });
      expect(await tab.accessToken()).toMatch(/^access-/);
    }
  });

  it("renew one at a time, each with the newest refresh token", async () => {
    const { session, other, identity, store } = await twoTabs();
    identity.rotates = true;
    const tokens = await Promise.all([session.renewAccessToken("access-1"), other.renewAccessToken("access-2")]);
    expect(tokens).toEqual(["access-3", "access-4"]);
    expect(new Set(identity.renewed).size).toBe(identity.renewed.length - 1); // refresh-1 was valid again at the start
    expect(store.read()?.refreshToken).toBe("refresh-4");
    expect([session.expired, other.expired]).toEqual([false, false]);
  });

  it("use the tokens that they got, whatever another tab has stored meanwhile", async () => {
    for (const [stored, left] of [
      ["refresh-8", "refresh-8"],
      [null, "refresh-9"],
    ] as const) {
      const { browser, identity, session, store, clock } = await signedIn();
      await clock.advance(HOUR);
      identity.refresh = () => {
        browser.store({ ...ADA, refreshToken: stored });
        const tokens = { accessToken: "access-9", idToken: null, expiresIn: HOUR, refreshToken: "refresh-9" };
        return Promise.resolve({ ...tokens, user: null, name: null });
      };
      expect(await session.accessToken()).toBe("access-9");
      expect([session.expired, store.read()?.refreshToken]).toEqual([false, left]);
    }
  });

  it("use the token of a tab that did not wait", async () => {
    const { browser, identity, session } = await signedIn();
    identity.rotates = true;
    const hasty = browser.tab((action) => action()).session;
    const [, token] = await Promise.all([hasty.start(PAGE), session.renewAccessToken("access-1")]);
    expect(token).toMatch(/^access-/);
    expect([session.expired, hasty.expired]).toEqual([false, false]);
  });
});

describe("a shared computer", () => {
  it("keeps the session in its tab", async () => {
    const { session, browser, storage } = await signedIn();
    session.setSharedComputer(true);
    expect(session.isSharedComputer).toBe(true);
    expect(browser.device.getItem("tintype.session")).toBeNull();
    expect(storage.getItem("tintype.session")).toContain("refresh-1");
    expect(await session.renewAccessToken("access-1")).toBe("access-2");
    const other = browser.tab();
    await other.session.start(PAGE);
    expect(other.session.status).toBe("signed-out");
  });

  it("keeps the session in its tab even if the browser does not store the choice", async () => {
    const { session, browser, storage, identity } = await signedIn();
    session.setSharedComputer(true);
    browser.device.removeItem("tintype.shared-computer");
    const reloaded = browser.tab(browser.runExclusively, false, storage).session;
    await reloaded.start(PAGE);
    expect(reloaded).toMatchObject({ status: "signed-in", user: "ada", isSharedComputer: true });
    await reloaded.signOut();
    expect(identity.revoked).toEqual(["refresh-1"]);
    expect(storage.getItem("tintype.session")).toBeNull();
  });

  it("keeps later sessions in their tabs, until it is not shared any more", async () => {
    const { session, browser, storage } = parts();
    session.setSharedComputer(true);
    await session.signIn("");
    await session.start(RETURN);
    expect(browser.device.getItem("tintype.session")).toBeNull();
    session.setSharedComputer(false);
    expect(storage.getItem("tintype.session")).toBeNull();
    const other = browser.tab();
    await other.session.start(PAGE);
    expect(other.session.status).toBe("signed-in");
  });
});

describe("the id token", () => {
  it("belongs to the current access token", async () => {
    const { session, clock } = await signedIn();
    expect(await session.idToken()).toBe("id-1");
    await clock.advance(HOUR);
    expect(await session.idToken()).toBe("id-2");
  });

  it("is renewed once after a rejection", async () => {
    const { session, identity } = await signedIn();
    expect(await session.renewIdToken("id-1")).toBe("id-2");
    expect(await session.renewIdToken("id-1")).toBe("id-2");
    expect(identity.renewed).toHaveLength(1);
  });
});
