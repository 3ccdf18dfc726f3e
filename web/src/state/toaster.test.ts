import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { DISPLAY_TIME, Toaster } from "./toaster.ts";

function toaster() {
  const clock = new FakeClock();
  const undone: string[] = [];
  const toaster = new Toaster(clock);
  const say = (message: string, ...errors: string[]) => {
    toaster.show({ message, errors, undo: () => undone.push(message) });
  };
  return { clock, toaster, undone, say, told: () => toaster.toast?.message ?? null };
}

describe("a line about what was done", () => {
  it("goes by itself, counted from when it was said", async () => {
    const { clock, say, told } = toaster();
    say("one");
    await clock.advance(DISPLAY_TIME - 1);
    say("two");
    await clock.advance(DISPLAY_TIME - 1);
    expect(told()).toBe("two");
    await clock.advance(1);
    expect(told()).toBeNull();
  });

  it("stays while it is being used", async () => {
    const { clock, toaster: line, say, told } = toaster();
    say("one");
    line.pause();
    await clock.advance(10 * DISPLAY_TIME);
    expect(told()).toBe("one");
    line.resume();
    await clock.advance(DISPLAY_TIME);
    expect(told()).toBeNull();
  });

  it("stays while it tells of trouble", async () => {
    const { clock, toaster: line, say, told } = toaster();
    say("one", "a.jpg: no");
    line.resume();
    await clock.advance(10 * DISPLAY_TIME);
    expect(told()).toBe("one");
    line.dismiss();
    expect(told()).toBeNull();
  });

  it("undoes once", () => {
    const { toaster: line, undone, say, told } = toaster();
    say("one");
    line.undo();
    line.undo();
    expect([undone, told()]).toEqual([["one"], null]);
  });
});
