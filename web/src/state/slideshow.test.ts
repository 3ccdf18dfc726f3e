import { beforeEach, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { Slideshow } from "./slideshow.ts";

let clock: FakeClock;
let slideshow: Slideshow;
let loaded: boolean;
let changes: number;

beforeEach(() => {
  [clock, loaded, changes] = [new FakeClock(), true, 0];
  slideshow = new Slideshow({ isLoaded: () => loaded, showNext: () => (changes += 1) }, clock);
});

it("shows each photo for five seconds", async () => {
  slideshow.play();
  await clock.advance(4999);
  expect(changes).toBe(0);
  await clock.advance(5001);
  expect(changes).toBe(2);
});

it("waits for an image that is still loading", async () => {
  slideshow.play();
  loaded = false;
  await clock.advance(9000);
  expect(changes).toBe(0);
  loaded = true;
  await clock.advance(500);
  expect(changes).toBe(1);
});

it("stops when it is paused, and goes on with a full pause", async () => {
  slideshow.play();
  await clock.advance(4000);
  slideshow.toggle();
  await clock.advance(60_000);
  expect([changes, slideshow.playing]).toEqual([0, false]);
  slideshow.toggle();
  await clock.advance(4999);
  expect(changes).toBe(0);
  await clock.advance(1);
  expect(changes).toBe(1);
});

it("shows a photo that somebody went to for its full time", async () => {
  slideshow.play();
  await clock.advance(4000);
  slideshow.restart();
  await clock.advance(4999);
  expect(changes).toBe(0);
});

it("does not start by going to a photo", async () => {
  slideshow.restart();
  await clock.advance(60_000);
  expect(changes).toBe(0);
});
