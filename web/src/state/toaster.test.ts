import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { DISPLAY_TIME, MAX_PAUSE, Toaster } from "./toaster.ts";

function toaster() {
  const clock = new FakeClock();
  const undone: string[] = [];
  const toaster = new Toaster(clock);
  const say = (message: string, ...errors: string[]) => {
    toaster.show({ message, errors, undo: () => undone.push(message) });
  };
  return { clock, toaster, undone, say, message: () => toaster.toast?.message ?? null };
}

describe("a toast", () => {
  it("disappears after its display time", async () => {
    const { clock, say, message } = toaster();
    say("one");
    await clock.advance(DISPLAY_TIME - 1);
    say("two");
    await clock.advance(DISPLAY_TIME - 1);
    expect(message()).toBe("two");
    await clock.advance(1);
    expect(message()).toBeNull();
  });

  it("stays while it is paused", async () => {
    const { clock, toaster: current, say, message } = toaster();
    say("one");
    current.pause();
    await clock.advance(MAX_PAUSE - 1);
    expect(message()).toBe("one");
    current.resume();
    await clock.advance(DISPLAY_TIME);
    expect(message()).toBeNull();
  });

  it("disappears in the end if the pointer is left over it", async () => {
    const { clock, toaster: current, say, message } = toaster();
    say("one");
    current.pause();
    await clock.advance(MAX_PAUSE);
    expect(message()).toBeNull();
  });

  it("stays while it shows errors", async () => {
    const { clock, toaster: current, say, message } = toaster();
    say("one", "a.jpg: no");
    current.pause();
    await clock.advance(10 * MAX_PAUSE);
    current.resume();
    await clock.advance(10 * DISPLAY_TIME);
    expect(message()).toBe("one");
    current.dismiss();
    expect(message()).toBeNull();
  });

  it("undoes once", () => {
    const { toaster: current, undone, say, message } = toaster();
    say("one");
    current.undo();
    current.undo();
    expect([undone, message()]).toEqual([["one"], null]);
  });
});
