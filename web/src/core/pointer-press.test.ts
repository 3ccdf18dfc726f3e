import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { CLICK_DELAY, MAX_PRESS, PointerPress } from "./pointer-press.ts";

function pressing() {
  const clock = new FakeClock();
  let ends = 0;
  const press = new PointerPress(clock, () => (ends += 1));
  return { clock, press, ends: () => ends };
}

describe("PointerPress", () => {
  it("ends once the click after the release has arrived", async () => {
    const { clock, press, ends } = pressing();
    press.begin();
    press.release();
    await clock.advance(CLICK_DELAY - 1);
    expect([press.active, ends()]).toEqual([true, 0]);
    await clock.advance(1);
    expect([press.active, ends()]).toEqual([false, 1]);
  });

  it("ends without a release", async () => {
    const { clock, press, ends } = pressing();
    press.begin();
    await clock.advance(MAX_PRESS);
    expect([press.active, ends()]).toEqual([false, 1]);
  });

  it("goes on with a second click", async () => {
    const { clock, press, ends } = pressing();
    press.begin();
    press.release();
    await clock.advance(CLICK_DELAY - 1);
    press.begin();
    await clock.advance(CLICK_DELAY);
    expect([press.active, ends()]).toEqual([true, 0]);
  });

  it("ignores a release without a press", async () => {
    const { clock, press, ends } = pressing();
    press.release();
    await clock.advance(MAX_PRESS);
    expect(ends()).toBe(0);
  });
});
