import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { NotificationSettings, type Notifications } from "./notifications.ts";

const notifications = (state?: "pending" | "confirmed"): Notifications => ({
  channels: ["email"],
  subscriptions: state === undefined ? [] : [{ channel: "email", address: "a…@example.com", state }],
});

async function loadSettings(known: Notifications) {
  const requests: Deferred<Notifications>[] = [];
  const ended: Deferred<void>[] = [];
  const settings = new NotificationSettings({
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
  });
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
