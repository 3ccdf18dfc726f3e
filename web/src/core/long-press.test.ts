import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { HELD, LongPress, STRAY } from "./long-press.ts";

function pressing() {
  const clock = new FakeClock();
  const press = new LongPress(clock);
  let held = 0;
  press.begin(10, 10, () => (held += 1));
  return { clock, press, held: () => held };
}

describe("a finger", () => {
  it("that rests is a long press, and its click is none", async () => {
    const { clock, press, held } = pressing();
    press.move(10 + STRAY, 10);
    await clock.pass(HELD);
    expect(held()).toBe(1);
    expect([press.swallows(), press.swallows()]).toEqual([true, false]);
  });

  it("that is lifted soon is a click", async () => {
    const { clock, press, held } = pressing();
    await clock.pass(HELD - 1);
    press.end();
    await clock.pass(HELD);
    expect([held(), press.swallows()]).toEqual([0, false]);
  });

  it("that strays scrolls", async () => {
    const { clock, press, held } = pressing();
    press.move(10, 11 + STRAY);
    await clock.pass(HELD);
    expect(held()).toBe(0);
  });

  it("that comes down anew begins anew", async () => {
    const { clock, press } = pressing();
    await clock.pass(HELD);
    press.begin(0, 0, () => undefined);
    expect(press.swallows()).toBe(false);
  });
});
