import { describe, expect, it } from "vitest";

import {
  type Camera,
  fitArea,
  MAX_SCALE,
  pan,
  project,
  restrict,
  toWindow,
  unproject,
  visibleArea,
  wholeWorld,
  zoom,
} from "./map-projection.ts";

const WINDOW = { width: 1000, height: 500 };
const LISBON = project(38.72, -9.14);
const camera = (latitude: number, longitude: number, scale: number): Camera => ({ center: project(latitude, longitude), scale });

describe("the projection", () => {
  it("puts the null island in the middle, and north at the top", () => {
    expect(project(0, 0)).toEqual({ x: 0.5, y: expect.closeTo(0.5) as number });
    expect(project(85.0511, -180)).toEqual({ x: 0, y: expect.closeTo(0, 4) as number });
    expect(project(90, 180).y).toBeCloseTo(0, 4);
  });

  it("has an inverse", () => {
    const { latitude, longitude } = unproject(LISBON);
    expect([latitude, longitude]).toEqual([expect.closeTo(38.72), expect.closeTo(-9.14)]);
  });
});

describe("the camera", () => {
  it("fills the window with the world, and shows nothing beyond the poles", () => {
    const { scale, center } = wholeWorld(WINDOW);
    expect(scale).toBe(1000);
    expect(center.y).toBeGreaterThanOrEqual(0.25);
    expect(restrict(camera(89, 0, 2000), WINDOW).center.y).toBeCloseTo(0.125);
    expect(restrict(camera(0, 0, 1e9), WINDOW).scale).toBe(MAX_SCALE);
  });

  it("pans, also across the 180th meridian", () => {
    const moved = pan(camera(0, 179, 36_000), { x: -200, y: 0 }, WINDOW);
    expect(unproject(moved.center).longitude).toBeCloseTo(-179);
  });

  it("zooms around a point that stays where it is", () => {
    const before = camera(30, 0, 4000);
    const at = toWindow(before, LISBON, WINDOW);
    const after = zoom(before, 2.5, at, WINDOW);
    expect(after.scale).toBe(10_000);
    const now = toWindow(after, LISBON, WINDOW);
    expect([now.x, now.y]).toEqual([expect.closeTo(at.x, 5), expect.closeTo(at.y, 5)]);
  });

  it("shows the copy of a point that is nearest to the center", () => {
    expect(toWindow(camera(0, 179, 36_000), project(0, -179), WINDOW).x).toBeCloseTo(700);
  });
});

describe("the visible area", () => {
  it("is what fits in the window", () => {
    const [south, west, north, east] = visibleArea(camera(0, 10, 36_000), WINDOW);
    expect([west, east]).toEqual([5, 15]);
    expect(north).toBeCloseTo(2.5, 2);
    expect(south).toBeCloseTo(-2.5, 2);
  });

  it("has a west that is greater than its east across the 180th meridian", () => {
    const [, west, , east] = visibleArea(camera(0, 180, 36_000), WINDOW);
    expect([west, east]).toEqual([175, -175]);
  });

  it("is all longitudes when the whole world is visible", () => {
    const [, west, , east] = visibleArea(wholeWorld(WINDOW), WINDOW);
    expect([west, east]).toEqual([-180, 180]);
  });

  it("contains the area that the camera moved to", () => {
    for (const area of [
      [38, -10, 39, -9],
      [-20, 177, -15, -178],
    ] as const) {
      const [south, west, north, east] = visibleArea(fitArea(area, WINDOW), WINDOW);
      expect(south).toBeLessThan(area[0]);
      expect(west).toBeLessThan(area[1]);
      expect(north).toBeGreaterThan(area[2]);
      expect(east).toBeGreaterThan(area[3]);
    }
  });
});
