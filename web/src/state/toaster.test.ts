import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { STAYS, Toaster } from "./toaster.ts";

function toaster() {
  const clock = new FakeClock();
  const undone: string[] = [];
  const toaster = new Toaster(clock);
  const say = (sentence: string, ...troubles: string[]) => {
    toaster.say({ sentence, troubles, undo: () => undone.push(sentence) });
  };
  return { clock, toaster, undone, say, told: () => toaster.toast?.sentence ?? null };
}

describe("a line about what was done", () => {
  it("goes by itself, counted from when it was said", async () => {
    const { clock, say, told } = toaster();
    say("one");
    await clock.pass(STAYS - 1);
    say("two");
    await clock.pass(STAYS - 1);
    expect(told()).toBe("two");
    await clock.pass(1);
    expect(told()).toBeNull();
  });

  it("stays while it is being used", async () => {
    const { clock, toaster: line, say, told } = toaster();
    say("one");
    line.hold();
    await clock.pass(10 * STAYS);
    expect(told()).toBe("one");
    line.release();
    await clock.pass(STAYS);
    expect(told()).toBeNull();
  });

  it("stays while it tells of trouble", async () => {
    const { clock, toaster: line, say, told } = toaster();
    say("one", "a.jpg: no");
    line.release();
    await clock.pass(10 * STAYS);
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
