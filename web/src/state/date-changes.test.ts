import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { minutesWest, parseClock } from "./capture-time.ts";
import {
  dateLimits,
  isPossibleTime,
  offsetChoices,
  OFFSETS,
  setTime,
  setZone,
  shiftSeconds,
  timeFields,
  timeRestoration,
  timeUpdate,
} from "./date-changes.ts";

const TAKEN = { taken_local: "2026-03-14T23:30:05.450", offset: "-08:00" };
const taken = makePhoto("a", 1, { ...TAKEN, camera_time: TAKEN });
const undated = makePhoto("b", 1, { taken_local: null, camera_time: null });

it("offsets are sorted from west to east, each once, with the photo's own", () => {
  const sorted = [...new Set(OFFSETS)].sort((a, b) => minutesWest(b) - minutesWest(a));
  expect(OFFSETS).toEqual(sorted);
  expect([null, "+02:00"].map((offset) => offsetChoices(offset).length)).toEqual([OFFSETS.length, OFFSETS.length]);
  const choices = offsetChoices("+00:20");
  const index = choices.indexOf("+00:20");
  expect(choices.slice(index - 1, index + 2)).toEqual(["+00:00", "+00:20", "+01:00"]);
});

it("a photo can be from the year 1826 to tomorrow, the day after it was added", () => {
  expect(dateLimits(Date.UTC(2026, 1, 28, 23))).toEqual(["1826-01-01", "2026-03-01"]);
  const added = { created_at: "2026-03-15T07:30:00Z" };
  const possible = (offset: string | null, clock: string) => isPossibleTime(makePhoto("a", 1, { ...added, offset }), parseClock(clock));
  expect([possible(null, "2026-03-16T07:30:00"), possible(null, "2026-03-16T07:30:01")]).toEqual([true, false]);
  expect([possible("-08:00", "2026-03-15T23:30:00"), possible("-08:00", "2026-03-15T23:30:01")]).toEqual([true, false]);
  expect([possible(null, "1826-01-01T00:00:00"), possible(null, "1825-12-31T23:59:59")]).toEqual([true, false]);
});

describe("the time of one photo", () => {
  it("shows to the second, or empty", () => {
    expect(timeFields(taken)).toEqual({ date: "2026-03-14", time: "23:30:05", zone: "-08:00" });
    expect(timeFields(undated)).toEqual({ date: "", time: "", zone: "unknown" });
  });

  it("is not updated unless something changed", () => {
    expect(timeUpdate(taken, timeFields(taken))).toBeNull();
  });

  it("keeps its fraction of a second on another day", () => {
    expect(timeUpdate(taken, { ...timeFields(taken), date: "2026-03-15" })).toEqual({
      taken_local: "2026-03-15T23:30:05.450",
      offset: "-08:00",
    });
  });

  it("has whole seconds at another time of day", () => {
    const local = ["07:00", "07:00:09"].map((time) => timeUpdate(taken, { ...timeFields(taken), time })?.taken_local);
    expect(local).toEqual(["2026-03-14T07:00:00", "2026-03-14T07:00:09"]);
  });

  it("leaves the clock alone if only the zone changed", () => {
    expect(timeUpdate(taken, { ...timeFields(taken), zone: "+02:00" })).toEqual({ offset: "+02:00" });
    expect(timeUpdate(taken, { ...timeFields(taken), zone: "unknown" })).toEqual({ offset: null });
  });

  it("is restored as the camera's, or as the one that the owner entered before", () => {
    expect(timeRestoration(taken)).toEqual({ taken_local: null });
    expect(timeRestoration(undated)).toEqual({ taken_local: null });
    expect(timeRestoration(makePhoto("a", 1, { ...TAKEN, camera_time: null }))).toEqual(TAKEN);
  });
});

describe("the times of several photos", () => {
  it("are set with or without a zone", () => {
    const fields = { date: "2026-03-14", time: "08:15", zone: "" };
    const set = { action: "set_time", taken_local: "2026-03-14T08:15:00" };
    expect(setTime(fields)).toEqual(set);
    expect(setTime({ ...fields, zone: "unknown" })).toEqual({ ...set, offset: null });
    expect(setTime({ ...fields, zone: "+05:45" })).toEqual({ ...set, offset: "+05:45" });
    expect(setZone({ ...fields, zone: "unknown" })).toEqual({ action: "set_offset", offset: null });
  });

  it("are shifted forward or back", () => {
    expect(shiftSeconds({ back: false, days: 1, hours: 2, minutes: 3 })).toBe(93_780);
    expect(shiftSeconds({ back: true, days: 0, hours: 1, minutes: 0 })).toBe(-3600);
  });
});
