import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { HOLD_TIME, LongPress, MOVE_TOLERANCE } from "./long-press.ts";

function pressing() {
  const clock = new FakeClock();
  const press = new LongPress(clock);
  let held = 0;
  press.begin(10, 10, () => (held += 1));
  return { clock, press, held: () => held };
}

describe("LongPress", () => {
  it("recognizes a finger that stays, and consumes its click", async () => {
    const { clock, press, held } = pressing();
    press.move(10 + MOVE_TOLERANCE, 10);
    await clock.advance(HOLD_TIME);
    expect(held()).toBe(1);
    expect([press.consumeClick(), press.consumeClick()]).toEqual([true, false]);
  });

  it("ignores a finger that is lifted early", async () => {
    const { clock, press, held } = pressing();
    await clock.advance(HOLD_TIME - 1);
    press.end();
    await clock.advance(HOLD_TIME);
    expect([held(), press.consumeClick()]).toEqual([0, false]);
  });

  it("ignores a finger that moves too far", async () => {
    const { clock, press, held } = pressing();
    press.move(10, 11 + MOVE_TOLERANCE);
    await clock.advance(HOLD_TIME);
    expect(held()).toBe(0);
  });

  it("starts again with the next touch", async () => {
    const { clock, press } = pressing();
    await clock.advance(HOLD_TIME);
    press.begin(0, 0, () => undefined);
    expect(press.consumeClick()).toBe(false);
  });
});
