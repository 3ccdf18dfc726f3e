import { describe, expect, it } from "vitest";

import { shouldAnnounce, updateEstimate, NO_ESTIMATE, type EtaEstimate } from "./upload-eta.ts";

const MB = 1_000_000;

/** What is told, second by second, of so many bytes that leave at these paces (bytes a second, a second each). */
function told(totalBytes: number, paces: readonly number[]): (number | null)[] {
  let estimate: EtaEstimate = NO_ESTIMATE;
  let [sentBytes, at] = [0, 0];
  const minutes = [updateEstimate(estimate, 0, { sentBytes, totalBytes, unsent: 1 })].map((first) => (estimate = first).minutes);
  for (const pace of paces) {
    at += 1000;
    sentBytes += pace;
    estimate = updateEstimate(estimate, at, { sentBytes, totalBytes, unsent: 1 });
    minutes.push(estimate.minutes);
  }
  return minutes;
}

const even = (pace: number, seconds: number): number[] => Array<number>(seconds).fill(pace);

describe("how long the uploads will take", () => {
  it("is not told before the pace has been seen for some seconds", () => {
    expect(told(600 * MB, even(MB, 4))).toEqual([null, null, null, null, 10]);
  });

  it("is told in whole minutes, and at last as less than one", () => {
    const minutes = told(180 * MB, even(MB, 179)).slice(4);
    expect([...new Set(minutes)]).toEqual([3, 2, 1, 0]);
  });

  it("stays calm while the line flutters", () => {
    const fluttering = Array.from({ length: 60 }, (_, second) => (second % 2 === 0 ? 0.4 : 1.6) * MB);
    const minutes = told(330 * MB, fluttering).slice(8);
    expect(minutes.every((each, place) => place === 0 || each === null || each <= (minutes[place - 1] ?? 0))).toBe(true);
    expect(new Set(minutes).size).toBeLessThan(4);
  });

  it("follows a line that has become slower for good", () => {
    expect([35, 36]).toContain(told(600 * MB, [...even(MB, 60), ...even(MB / 4, 40)]).at(-1));
  });

  it("stays as it is while nothing moves, and begins anew when files are taken off the list", () => {
    const known = { samples: [{ at: 0, sentBytes: 0 }, { at: 10_000, sentBytes: 10 * MB }], minutes: 5 };
    expect(updateEstimate({ samples: [{ at: 0, sentBytes: 10 * MB }], minutes: 5 }, 9000, { sentBytes: 10 * MB, totalBytes: 90 * MB, unsent: 1 }).minutes).toBe(5);
    expect(updateEstimate(known, 10_100, { sentBytes: 2 * MB, totalBytes: 90 * MB, unsent: 1 }).samples).toEqual([{ at: 10_100, sentBytes: 2 * MB }]);
  });

  it("is nothing once all bytes have left", () => {
    const known = { samples: [{ at: 0, sentBytes: 0 }], minutes: 1 };
    expect(updateEstimate(known, 5000, { sentBytes: MB, totalBytes: MB, unsent: 0 })).toBe(NO_ESTIMATE);
  });
});

it("is said aloud when it is first known, and each time it has halved", () => {
  const said = [null, 12, 11, 8, 6, 5, 3, 2, 1, 0];
  let last: number | null = null;
  const heard = said.filter((minutes) => {
    if (!shouldAnnounce(last, minutes)) return false;
    last = minutes;
    return true;
  });
  expect(heard).toEqual([12, 6, 3, 1]);
});
