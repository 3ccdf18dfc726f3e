import { describe, expect, it } from "vitest";

import { shouldAnnounce, updateEstimate, NO_ESTIMATE, type EtaEstimate } from "./upload-eta.ts";

const MB = 1_000_000;
/** Files that are processed. */
const SOME = { ready: 1, rejected: 0 };

/** The estimates, second by second, while bytes are sent at these rates (bytes per second, one second each). */
function estimates(totalBytes: number, rates: readonly number[]): (number | null)[] {
  let estimate: EtaEstimate = NO_ESTIMATE;
  let [sentBytes, at] = [0, 0];
  const minutes = [updateEstimate(estimate, 0, { sentBytes, totalBytes, active: 1, ...SOME })].map((first) => (estimate = first).minutes);
  for (const rate of rates) {
    at += 1000;
    sentBytes += rate;
    estimate = updateEstimate(estimate, at, { sentBytes, totalBytes, active: 1, ...SOME });
    minutes.push(estimate.minutes);
  }
  return minutes;
}

const even = (pace: number, seconds: number): number[] => Array<number>(seconds).fill(pace);

describe("the estimate", () => {
  it("is unknown for the first seconds", () => {
    expect(estimates(600 * MB, even(MB, 4))).toEqual([null, null, null, null, 10]);
  });

  it("counts whole minutes, at last less than one", () => {
    const minutes = estimates(180 * MB, even(MB, 179)).slice(4);
    expect([...new Set(minutes)]).toEqual([3, 2, 1, 0]);
  });

  it("is stable while the rate fluctuates", () => {
    const fluttering = Array.from({ length: 60 }, (_, second) => (second % 2 === 0 ? 0.4 : 1.6) * MB);
    const minutes = estimates(330 * MB, fluttering).slice(8);
    expect(minutes.every((each, index) => index === 0 || each === null || each <= (minutes[index - 1] ?? 0))).toBe(true);
    expect(new Set(minutes).size).toBeLessThan(4);
  });

  it("follows a lasting change of the rate", () => {
    expect([35, 36]).toContain(estimates(600 * MB, [...even(MB, 60), ...even(MB / 4, 40)]).at(-1));
  });

  it("stays while nothing is sent, and starts again when uploads are removed", () => {
    const known = {
      samples: [
        { at: 0, sentBytes: 0, active: 1 },
        { at: 10_000, sentBytes: 10 * MB, active: 1 },
      ],
      minutes: 5,
    };
    expect(
      updateEstimate({ samples: [{ at: 0, sentBytes: 10 * MB, active: 1 }], minutes: 5 }, 9000, {
        sentBytes: 10 * MB,
        totalBytes: 90 * MB,
        active: 1,
        ...SOME,
      }).minutes,
    ).toBe(5);
    expect(updateEstimate(known, 10_100, { sentBytes: 2 * MB, totalBytes: 90 * MB, active: 1, ...SOME }).samples).toEqual([
      { at: 10_100, sentBytes: 2 * MB, active: 1 },
    ]);
    expect(updateEstimate(known, 10_100, { sentBytes: 10 * MB, totalBytes: 90 * MB, active: 2, ...SOME }).samples).toHaveLength(1);
  });

  it("includes processing, which may take longer than sending", () => {
    const known = { samples: [{ at: 0, sentBytes: 0, active: 300 }], minutes: null };
    const sent = { sentBytes: 60 * MB, totalBytes: 60 * MB, ...SOME };
    expect(updateEstimate(known, 30_000, { ...sent, active: 270 }).minutes).toBe(5);
    expect(updateEstimate(known, 30_000, { sentBytes: 10 * MB, totalBytes: 90 * MB, active: 150, ...SOME }).minutes).toBe(4);
  });

  it("is unknown until something is processed", () => {
    const known = { samples: [{ at: 0, sentBytes: 0, active: 11 }], minutes: null };
    const sent = { sentBytes: 30 * MB, totalBytes: 60 * MB };
    expect(updateEstimate(known, 30_000, { ...sent, active: 11, ready: 0, rejected: 0 }).minutes).toBeNull();
    expect(updateEstimate(known, 30_000, { ...sent, active: 10, ready: 0, rejected: 1 }).minutes).toBe(5);
  });

  it("is empty when everything is done", () => {
    const known = { samples: [{ at: 0, sentBytes: 0, active: 1 }], minutes: 1 };
    expect(updateEstimate(known, 5000, { sentBytes: MB, totalBytes: MB, active: 0, ...SOME })).toBe(NO_ESTIMATE);
  });
});

it("announces the estimate when it is first known and each time it has halved", () => {
  const minutesLeft = [null, 12, 11, 8, 6, 5, 3, 2, 1, 0];
  let last: number | null = null;
  const announced = minutesLeft.filter((minutes) => {
    if (!shouldAnnounce(last, minutes)) return false;
    last = minutes;
    return true;
  });
  expect(announced).toEqual([12, 6, 3, 1]);
});
