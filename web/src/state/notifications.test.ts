import { describe, expect, it } from "vitest";

import { Refused } from "../core/errors.ts";
import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { Notices, type Told } from "./notifications.ts";

const told = (state?: "pending" | "confirmed"): Told => ({
  channels: ["email"],
  subscriptions: state === undefined ? [] : [{ channel: "email", address: "a…@example.com", state }],
});

async function notices(known: Told) {
  const asked: Pending<Told>[] = [];
  const ended: Pending<void>[] = [];
  const notices = new Notices({
    notices: () => Promise.resolve(known),
    subscribe: () => {
      const answer = new Pending<Told>();
      asked.push(answer);
      return answer.promise;
    },
    unsubscribe: () => {
      const answer = new Pending<void>();
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
    const wanting = told_.want("email");
    expect([told_.wanted, told_.busy]).toEqual(["email", true]);
    asked[0]?.answer(told("pending"));
    await wanting;
    expect([told_.of("email")?.state, told_.busy]).toEqual(["pending", false]);
  });

  it("uses the subscription there is", async () => {
    const { notices: told_, asked } = await notices(told("confirmed"));
    await told_.want("email");
    expect([told_.wanted, asked.length]).toEqual(["email", 0]);
  });

  it("that is refused leaves it as it was, and tells why", async () => {
    const { notices: told_, asked } = await notices(told());
    const wanting = told_.want("email");
    const problem = new Refused(400, "not_verified", "Verify yours.");
    asked[0]?.fail(problem);
    await wanting;
    expect([told_.wanted, told_.problem]).toEqual([null, problem]);
  });
});

it("ending it ends every subscription", async () => {
  const { notices: told_, ended } = await notices(told("confirmed"));
  await told_.want("email");
  const ending = told_.end();
  await settled();
  ended[0]?.answer();
  await ending;
  expect([told_.wanted, told_.of("email"), told_.told.channels]).toEqual([null, null, ["email"]]);
});
