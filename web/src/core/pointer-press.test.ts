import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { CLICK_DELAY, MAX_PRESS, PointerPress } from "./pointer-press.ts";

function pressing() {
  const clock = new FakeClock();
  const press = new PointerPress(clock);
  press.begin();
  let over = false;
  void press.over.then(() => (over = true));
  return { clock, press, state: () => [press.active, over] };
}

describe("PointerPress", () => {
  it("ends with the click after the release", async () => {
    const { press, state } = pressing();
    press.release();
    await flushPromises();
    expect(state()).toEqual([true, false]);
    press.end();
    await flushPromises();
    expect(state()).toEqual([false, true]);
  });

  it("ends soon after a release without a click", async () => {
    const { clock, press, state } = pressing();
    press.release();
    await clock.advance(CLICK_DELAY - 1);
    expect(state()).toEqual([true, false]);
    await clock.advance(1);
    expect(state()).toEqual([false, true]);
  });

  it("ends without a release", async () => {
    const { clock, state } = pressing();
    await clock.advance(MAX_PRESS);
    expect(state()).toEqual([false, true]);
  });

  it("goes on with a second pointer", async () => {
    const { clock, press, state } = pressing();
    press.release();
    await clock.advance(CLICK_DELAY - 1);
    press.begin();
    await clock.advance(CLICK_DELAY);
    expect(state()).toEqual([true, false]);
  });

  it("is over before the first and after the last press", async () => {
    const press = new PointerPress(new FakeClock());
    press.release();
    press.end();
    await press.over;
    expect(press.active).toBe(false);
  });
});
