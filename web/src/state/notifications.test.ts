import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { NotificationSettings, type Notifications } from "./notifications.ts";

const told = (state?: "pending" | "confirmed"): Notifications => ({
  channels: ["email"],
  subscriptions: state === undefined ? [] : [{ channel: "email", address: "a…@example.com", state }],
});

async function notices(known: Notifications) {
  const asked: Deferred<Notifications>[] = [];
  const ended: Deferred<void>[] = [];
  const notices = new NotificationSettings({
    getNotifications: () => Promise.resolve(known),
    subscribe: () => {
      const answer = new Deferred<Notifications>();
      asked.push(answer);
      return answer.promise;
    },
    unsubscribe: () => {
      const answer = new Deferred<void>();
      ended.push(answer);
      return answer.promise;
    },
  });
  await notices.load();
  return { notices, asked, ended };
}

describe("wanting to be told", () => {
  it("subscribes where that was not done yet, and is pending until the address confirms", async () => {
    const { notices: told_, asked } = await notices(told());
    const wanting = told_.select("email");
    expect([told_.selected, told_.busy]).toEqual(["email", true]);
    asked[0]?.resolve(told("pending"));
    await wanting;
    expect([told_.subscriptionFor("email")?.state, told_.busy]).toEqual(["pending", false]);
  });

  it("uses the subscription there is", async () => {
    const { notices: told_, asked } = await notices(told("confirmed"));
    await told_.select("email");
    expect([told_.selected, asked.length]).toEqual(["email", 0]);
  });

  it("that is refused leaves it as it was, and tells why", async () => {
    const { notices: told_, asked } = await notices(told());
    const wanting = told_.select("email");
    const problem = new HttpError(400, "not_verified", "Verify yours.");
    asked[0]?.reject(problem);
    await wanting;
    expect([told_.selected, told_.error]).toEqual([null, problem]);
  });
});

it("ending it ends every subscription", async () => {
  const { notices: told_, ended } = await notices(told("confirmed"));
  await told_.select("email");
  const ending = told_.turnOff();
  await flushPromises();
  ended[0]?.resolve();
  await ending;
  expect([told_.selected, told_.subscriptionFor("email"), told_.notifications.channels]).toEqual([null, null, ["email"]]);
});
