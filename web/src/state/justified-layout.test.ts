import { describe, expect, it } from "vitest";

import {
  computeLayout,
  firstIndexFrom,
  type LayoutOptions,
  neighbor,
  indexesBetween,
  indexesToRender,
  rowFrom,
  sectionsBetween,
} from "./justified-layout.ts";

const MEASURES: LayoutOptions = { width: 1000, rowHeight: 200, gap: 10, headingHeight: 40 };
/** The gap between two days. */
const APART = 20;
const lots = (count: number, ratio = 1.5) => Array.from({ length: count }, () => ratio);
const layout = (...days: [day: number | null, count: number][]) =>
  computeLayout(
    days.map(([day, count]) => ({ day, ratios: lots(count) })),
    MEASURES,
  );

describe("rows", () => {
  it("fill the width at about the target height", () => {
    const { rows, boxes } = layout([null, 100]);
    for (const { first, end, height } of rows.slice(0, -1)) {
      const last = boxes[end - 1];
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000);
      expect(boxes[first]?.left).toBe(0);
      expect(Math.abs(height - 200)).toBeLessThan(40);
    }
  });

  it("keep the aspect ratio of every photo", () => {
    for (const { width, height } of computeLayout([{ day: null, ratios: [0.5, 1.5, 3, 0.75, 1, 2] }], MEASURES).boxes) {
      expect([0.5, 1.5, 3, 0.75, 1, 2].some((ratio) => Math.abs(width / height - ratio) < 1e-9)).toBe(true);
    }
  });

  it("have at most the target height if they cannot be filled", () => {
    expect(layout([null, 1]).boxes[0]).toEqual({ left: 0, top: 0, width: 300, height: 200 });
  });

  it("are never wider than the grid", () => {
    const [box] = computeLayout([{ day: null, ratios: [3] }], { ...MEASURES, width: 300 }).boxes;
    expect(box).toMatchObject({ width: 300, height: 100 });
  });

  it("are stacked with gaps and contain each photo once", () => {
    const { rows, boxes, height } = layout([3, 17], [2, 40], [1, 1]);
    expect(rows.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, index) => first + index))).toEqual([...boxes.keys()]);
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      if (before !== undefined) expect(row.top).toBeGreaterThanOrEqual(before.top + before.height + 9.99);
    }
    expect(height).toBe((rows.at(-1)?.top ?? 0) + (rows.at(-1)?.height ?? 0));
  });
});

describe("days", () => {
  const single = (count: number, ratio: number) =>
    computeLayout(
      Array.from({ length: count }, (_, index) => ({ day: count - index, ratios: [ratio] })),
      MEASURES,
    );

  it("share full rows if they have one photo each, under their own headings", () => {
    const { sections, rows, boxes } = single(9, 1.5);
    expect(rows.map(({ first, end }) => end - first)).toEqual([3, 3, 3]);
    const [height] = [(1000 - 2 * APART) / 4.5];
    expect(boxes.slice(0, 3).map(({ left }) => left)).toEqual([0, 1.5 * height + APART, 2 * (1.5 * height + APART)]);
    expect(sections.slice(0, 4).map(({ top }) => top)).toEqual([0, 0, 0, 40 + height + APART]);
    expect(sections.every(({ headingHeight, height: whole }) => headingHeight === 40 && Math.abs(whole - 40 - 200) < 60)).toBe(true);
    for (const [index, { left, width }] of sections.entries()) expect(boxes[index]).toMatchObject({ left, width });
  });

  it("are wide enough for their heading", () => {
    const { sections, boxes } = single(5, 0.5);
    expect(sections.map(({ width }) => width)).toEqual([156, 156, 156, 156, 156]);
    expect(sections.map(({ left }) => left)).toEqual([0, 176, 352, 528, 704]);
    expect(boxes.every(({ width, height }) => width / height === 0.5)).toBe(true);
  });

  it("have their own rows if they fill one, in order", () => {
    const { sections } = layout([5, 1], [4, 1], [3, 9], [2, 1], [1, 1]);
    const tops = sections.map(({ top }) => top);
    expect(tops[0]).toBe(tops[1]);
    expect(tops[3]).toBe(tops[4]);
    expect(new Set(tops).size).toBe(3);
    expect(sections[2]).toMatchObject({ left: 0, width: 1000 });
    expect(sections[0]).toMatchObject({ height: 240, width: 300 });
  });

  it("keep rows near the target height and photos inside the grid, for any aspect ratios", () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const draw = (
        (state) => () =>
          (state = (state * 16807) % 2147483647) / 2147483647
      )(seed * 7919);
      const groups = Array.from({ length: 40 }, (_, index) => ({
        day: 40 - index,
        ratios: Array.from({ length: 1 + Math.floor(draw() ** 4 * 8) }, () => 0.4 + draw() * 2.6),
      }));
      const measures = { ...MEASURES, width: seed % 2 === 0 ? 366 : 1248, rowHeight: seed % 2 === 0 ? 120 : 220, gap: 4 };
      const { sections, rows, boxes, height } = computeLayout(groups, measures);
      expect(sections.map(({ day }) => day)).toEqual(groups.map(({ day }) => day));
      expect(rows.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, index) => first + index))).toEqual([...boxes.keys()]);
      for (const { height: tall } of rows) expect(tall).toBeLessThan(measures.rowHeight * 1.75);
      for (const { left, width, top, height: tall } of boxes) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + width).toBeLessThanOrEqual(measures.width + 0.01);
        expect(top + tall).toBeLessThanOrEqual(height + 0.01);
      }
      for (const [index, box] of boxes.entries()) {
        const before = boxes[index - 1];
        if (before?.top === box.top) expect(box.left).toBeGreaterThanOrEqual(before.left + before.width + 3.99);
      }
    }
  });

  it("start with a heading, except photos without a day", () => {
    expect(layout([3, 2], [2, 1]).sections.map(({ day, headingHeight, first, end }) => ({ day, headingHeight, first, end }))).toEqual([
      { day: 3, headingHeight: 40, first: 0, end: 2 },
      { day: 2, headingHeight: 40, first: 2, end: 3 },
    ]);
    expect(layout([null, 3]).sections).toMatchObject([{ headingHeight: 0, top: 0, first: 0, end: 3 }]);
  });

  it("take no space if there are none", () => {
    expect(layout()).toEqual({ height: 0, sections: [], rows: [], boxes: [] });
  });
});

describe("the range near the viewport", () => {
  const many = layout(...Array.from({ length: 200 }, (_, day): [number, number] => [200 - day, 50]));

  it("contains a few of ten thousand photos, and all that overlap it", () => {
    const middle = many.height / 2;
    const { first, end } = indexesBetween(many, middle, middle + 800);
    expect(end - first).toBeLessThan(60);
    for (const [index, { top, height }] of many.boxes.entries()) {
      expect(top < middle + 800 && top + height > middle, String(index)).toBe(index >= first && index < end);
    }
  });

  it("is empty above and below all photos", () => {
    expect(indexesBetween(many, -900, -100)).toEqual({ first: 0, end: 0 });
    expect(indexesBetween(many, many.height + 1, many.height + 900)).toEqual({ first: 0, end: 0 });
  });

  it("contains a few days, and the day of the focused photo in order", () => {
    const top = many.sections[100]?.top ?? 0;
    const days = (index: number | null) => sectionsBetween(many, top, top + 100, index).map(({ day }) => day);
    expect(days(null)).toEqual([100]);
    expect(days(0)).toEqual([200, 100]);
    expect(days(9999)).toEqual([100, 1]);
    expect(days(5000)).toEqual([100]);
  });

  it("contains the focused photo once", () => {
    const near = { first: 4, end: 6 };
    expect(indexesToRender({ first: 0, end: 10 }, near, 1)).toEqual([1, 4, 5]);
    expect(indexesToRender({ first: 0, end: 10 }, near, 8)).toEqual([4, 5, 8]);
    expect(indexesToRender({ first: 0, end: 10 }, near, 4)).toEqual([4, 5]);
    expect(indexesToRender({ first: 5, end: 10 }, near, 1)).toEqual([5]);
  });
});

describe("the photo that the focus enters", () => {
  const small = layout([2, 4], [1, 3]);
  const tops = small.rows.map(({ top }) => top);

  it("is the first one whose row starts in the visible part", () => {
    expect(firstIndexFrom(small, -900)).toBe(0);
    expect(firstIndexFrom(small, tops[0] ?? 0)).toBe(0);
    expect(firstIndexFrom(small, (tops[0] ?? 0) + 1)).toBe(3);
    expect(firstIndexFrom(small, (tops[1] ?? 0) + 1)).toBe(4);
  });

  it("begins a row", () => {
    expect([-900, (tops[0] ?? 0) + 1, small.height + 900].map((top) => rowFrom(small, top))).toMatchObject(small.rows);
    expect(rowFrom(layout(), 0)).toEqual({ first: 0, end: 0 });
  });

  it("is in the last row below all photos, and 0 without photos", () => {
    expect(firstIndexFrom(small, small.height + 900)).toBe(4);
    expect(firstIndexFrom(layout(), 0)).toBe(0);
  });
});

describe("an arrow key", () => {
  const small = layout([2, 4], [1, 3]);

  it("leads along the photos in order, across days", () => {
    expect(neighbor(small, 3, "right")).toBe(4);
    expect(neighbor(small, 4, "left")).toBe(3);
  });

  it("leads up and down to the nearest photo", () => {
    const [rows, box] = [small.rows, small.boxes];
    expect(rows.map(({ first, end }) => end - first)).toEqual([3, 1, 3]);
    expect(neighbor(small, 2, "up")).toBe(2);
    expect(neighbor(small, 2, "down")).toBe(3);
    expect(neighbor(small, 3, "down")).toBe(4);
    expect(neighbor(small, 6, "up")).toBe(3);
    expect(box).toHaveLength(7);
  });

  it("leads to both ends, and not beyond", () => {
    expect(neighbor(small, 3, "first")).toBe(0);
    expect(neighbor(small, 3, "last")).toBe(6);
    expect(neighbor(small, 0, "left")).toBe(0);
    expect(neighbor(small, 6, "right")).toBe(6);
    expect(neighbor(small, 6, "down")).toBe(6);
  });
});
