import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { createStorage } from "../fakes/preference-storage.ts";
import { NotificationSettings, type Notifications } from "./notifications.ts";

const notifications = (state?: "pending" | "confirmed"): Notifications => ({
  channels: ["email"],
  subscriptions: state === undefined ? [] : [{ channel: "email", address: "a…@example.com", state }],
});

async function loadSettings(known: Notifications, storage = createStorage()) {
  const requests: Deferred<Notifications>[] = [];
  const ended: Deferred<void>[] = [];
  const settings = new NotificationSettings(
    {
      getNotifications: () => Promise.resolve(known),
      subscribe: () => {
        const response = new Deferred<Notifications>();
        requests.push(response);
        return response.promise;
      },
      unsubscribe: () => {
        const response = new Deferred<void>();
        ended.push(response);
        return response.promise;
      },
    },
    storage,
  );
  await settings.load();
  return { settings, requests, ended };
}

describe("NotificationSettings", () => {
  it("subscribes to a new channel, pending until the address confirms", async () => {
    const { settings, requests } = await loadSettings(notifications());
    const selecting = settings.select("email");
    expect([settings.selected, settings.busy]).toEqual(["email", true]);
    requests[0]?.resolve(notifications("pending"));
    await selecting;
    expect([settings.subscriptionFor("email")?.state, settings.busy]).toEqual(["pending", false]);
  });

  it("uses an existing subscription", async () => {
    const { settings, requests } = await loadSettings(notifications("confirmed"));
    await settings.select("email");
    expect([settings.selected, requests.length]).toEqual(["email", 0]);
  });

  it("keeps the selection after an error", async () => {
    const { settings, requests } = await loadSettings(notifications());
    const selecting = settings.select("email");
    const error = new HttpError(400, "not_verified", "Verify yours.");
    requests[0]?.reject(error);
    await selecting;
    expect([settings.selected, settings.error]).toEqual([null, error]);
  });
});

it("sends a message to all confirmed addresses, whichever channel is selected", async () => {
  const sms = { channel: "sms", address: "•••• 1234", state: "confirmed" } as const;
  const { settings, requests } = await loadSettings({ channels: ["email", "sms"], subscriptions: [sms] });
  expect(settings.recipients).toEqual([]);
  const selecting = settings.select("email");
  const email = notifications("pending").subscriptions;
  requests[0]?.resolve({ channels: ["email", "sms"], subscriptions: [...email, sms] });
  await selecting;
  expect([settings.selected, settings.recipients]).toEqual(["email", [sms]]);
});

it("ends all subscriptions", async () => {
  const { settings, ended } = await loadSettings(notifications("confirmed"));
  await settings.select("email");
  const turningOff = settings.turnOff();
  await flushPromises();
  ended[0]?.resolve();
  await turningOff;
  expect([settings.selected, settings.subscriptionFor("email"), settings.notifications.channels]).toEqual([null, null, ["email"]]);
});

describe("the choice for the next bundle", () => {
  const email = notifications("confirmed");

  async function choose(...channels: ("email" | null)[]) {
    const storage = createStorage();
    const { settings } = await loadSettings(email, storage);
    for (const channel of channels) await settings.select(channel);
    return storage;
  }

  it("is remembered while the user is subscribed", async () => {
    const storage = await choose("email");
    expect((await loadSettings(email, storage)).settings.selected).toBe("email");
    expect((await loadSettings(notifications("pending"), storage)).settings.selected).toBe("email");
    expect((await loadSettings(notifications(), storage)).settings.selected).toBeNull();
  });

  it("is no message by default, and if that was chosen last", async () => {
    for (const storage of [await choose(), await choose("email", null)]) {
      expect((await loadSettings(email, storage)).settings.selected).toBeNull();
    }
  });

  it("is forgotten once the user turns notifications off, and not stored if subscribing fails", async () => {
    const storage = await choose("email");
    const { settings, ended } = await loadSettings(email, storage);
    const turningOff = settings.turnOff();
    await flushPromises();
    ended[0]?.resolve();
    await turningOff;
    expect((await loadSettings(email, storage)).settings.selected).toBeNull();
    const { settings: failing, requests } = await loadSettings(notifications(), storage);
    const selecting = failing.select("email");
    requests[0]?.reject(new HttpError(400, "not_verified", "Verify yours."));
    await selecting;
    expect((await loadSettings(email, storage)).settings.selected).toBeNull();
  });
});
