import { expect, it } from "vitest";
import topology from "world-atlas/countries-110m.json";

import { readOutlines } from "./map-outlines.ts";
import { project } from "./map-projection.ts";

const { land, borders } = readOutlines(topology);

it("has Australia as land, with its rectangle", () => {
  const [alice, north] = [project(-23.7, 133.9), project(-10, 0).y];
  const [australia] = land.filter(({ left, right, top, bottom }) => left < alice.x && alice.x < right && top > north && alice.y < bottom);
  expect(australia?.left).toBeCloseTo(project(0, 113).x, 2);
  expect(australia?.right).toBeCloseTo(project(0, 154).x, 2);
});

it("has borders between countries, but no coasts", () => {
  const points = (outlines: typeof land) => outlines.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.length / 2, 0);
  expect(points(borders)).toBeGreaterThan(1000);
  expect(points(borders)).toBeLessThan(points(land));
});

it("goes on beyond the 180th meridian, without lines across the whole map", () => {
  const steps = [...land, ...borders]
    .flatMap(({ lines }) => lines)
    .map((line) => {
      const xs = [...line].filter((_, index) => index % 2 === 0);
      // The last points of Antarctica are at the pole.
      return Math.max(...xs.slice(1, -2).map((x, index) => Math.abs(x - (xs[index] ?? x))));
    });
  expect(Math.max(...steps)).toBeLessThan(0.5);
  expect(Math.max(...land.map(({ right }) => right))).toBeGreaterThan(1.02);
  const antarctica = land.find(({ bottom }) => bottom > 0.99);
  expect((antarctica?.right ?? 0) - (antarctica?.left ?? 0)).toBeCloseTo(1, 1);
});
