import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { computeLayout } from "./justified-layout.ts";
import { scrollShift } from "./scroll-shift.ts";

const MEASURES = { width: 1000, rowHeight: 200, gap: 10, headingHeight: 40 };
/** Photos of one day in rows of three; the gaps included, each row is 210 px high. */
const ROW = 3;
const placed = (...ids: string[]) => ({
  photos: ids.map((id) => makePhoto(id)),
  layout: computeLayout([{ day: 1, ratios: ids.map(() => 980 / 600) }], MEASURES),
});
const OLD = ["d", "e", "f"];
const NEW = ["a", "b", "c"];

describe("the scroll shift", () => {
  const rowDistance = () => {
    const { rows } = placed(...NEW, ...OLD).layout;
    expect(rows.map(({ first }) => first)).toEqual([0, ROW]);
    return (rows[1]?.top ?? 0) - (rows[0]?.top ?? 0);
  };

  it("keeps the photos in place when newer ones are loaded above, wherever the page is scrolled to", () => {
    const before = { ...placed(...OLD), hasNewer: true };
    for (const top of [0, -2, -170]) expect(scrollShift(before, placed(...NEW, ...OLD), top)).toBe(rowDistance());
  });

  it("keeps the photos in place when new ones appear, unless the page above them is visible", () => {
    const before = { ...placed(...OLD), hasNewer: false };
    expect([0, -0.5].map((top) => scrollShift(before, placed(...NEW, ...OLD), top))).toEqual([rowDistance(), rowDistance()]);
    expect(scrollShift(before, placed(...NEW, ...OLD), -2)).toBe(0);
  });

  it("is none if the photo at the top is gone", () => {
    expect(scrollShift({ ...placed(...OLD), hasNewer: true }, placed(...NEW), 0)).toBe(0);
    expect(scrollShift({ ...placed(), hasNewer: true }, placed(...NEW), 0)).toBe(0);
  });
});
