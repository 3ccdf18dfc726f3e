import { describe, expect, it } from "vitest";

import { type Cluster, placeMarkers, unite, zoomTarget } from "./map-clusters.ts";
import { type Area, fitArea, MAX_SCALE, project, wholeWorld } from "./map-projection.ts";

const WINDOW = { width: 1000, height: 500 };
const WORLD = wholeWorld(WINDOW);

function cluster(latitude: number, longitude: number, count: number): Cluster {
  const bounds = [latitude - 1, longitude - 1, latitude + 1, longitude + 1];
  return { latitude, longitude, count, bounds, photo_id: `p${longitude}`, cover_image: null };
}

describe("placeMarkers", () => {
  it("joins clusters that overlap in the window, around the largest", () => {
    const clusters = [cluster(38.7, -9.1, 3), cluster(41.1, -8.6, 40), cluster(-36, 174, 2)];
    const markers = placeMarkers(clusters, WORLD, WINDOW);
    expect(markers.map(({ key, count }) => [key, count])).toEqual([
      ["p-8.6", 43],
      ["p174", 2],
    ]);
    expect(markers[0]?.area).toEqual([37.7, -10.1, 42.1, -7.6]);
  });

  it("shows them apart once there is room", () => {
    const clusters = [cluster(38.7, -9.1, 3), cluster(41.1, -8.6, 40)];
    const markers = placeMarkers(clusters, fitArea([38, -10, 42, -8], WINDOW), WINDOW);
    expect(markers.map(({ count }) => count)).toEqual([40, 3]);
  });

  it("have areas in millionths of a degree, as addresses take them", () => {
    const precise = { ...cluster(38.72, -9.14, 3), bounds: [38.72 - 0.05, -9.14 - 0.05, 38.72 + 0.05, -9.14 + 0.05] };
    expect(placeMarkers([precise], WORLD, WINDOW)[0]?.area).toEqual([38.67, -9.19, 38.77, -9.09]);
  });

  it("keeps them and their numbers inside the window", () => {
    const [edge, corner] = placeMarkers([cluster(0, 178.8, 3), cluster(75, -179, 2)], WORLD, WINDOW);
    expect(edge?.x).toBe(964);
    expect([corner?.x, corner?.y]).toEqual([36, 36]);
  });

  it("leaves out clusters that are not in the window", () => {
    expect(placeMarkers([cluster(-36, 174, 2)], fitArea([38, -10, 42, -8], WINDOW), WINDOW)).toEqual([]);
  });
});

describe("zoomTarget", () => {
  const [marker] = placeMarkers([cluster(38.7, -9.1, 300)], WORLD, WINDOW);

  it("shows the marker's area", () => {
    const target = marker && zoomTarget(marker, WORLD, WINDOW);
    expect(target?.center.x).toBeCloseTo(project(38.7, -9.1).x);
    expect(target?.scale).toBeGreaterThan(10_000);
  });

  it("goes on while the API has smaller cells, for few photos too", () => {
    const few = marker && { ...marker, count: 2 };
    const fitted = fitArea([37.7, -10.1, 39.7, -8.1], WINDOW);
    const filled = few && zoomTarget(few, fitted, WINDOW);
    expect(filled?.scale).toBeCloseTo(fitted.scale / 0.7);
    expect(few && filled && zoomTarget(few, filled, WINDOW)?.scale).toBeCloseTo((2 * fitted.scale) / 0.7);
  });

  it("is null for a single photo, in the smallest cells, and for what cannot be seen closer", () => {
    expect(marker && zoomTarget({ ...marker, count: 1 }, WORLD, WINDOW)).toBeNull();
    const [width, height] = [360 / 8 ** 4, 180 / 8 ** 4];
    expect(marker && zoomTarget({ ...marker, area: [0, 180 - width / 2, height, width / 2 - 180] }, WORLD, WINDOW)).toBeNull();
    expect(marker && zoomTarget({ ...marker, area: [0, 0, 2 * height, width] }, WORLD, WINDOW)).not.toBeNull();
    expect(marker && zoomTarget(marker, { ...WORLD, scale: MAX_SCALE }, WINDOW)).toBeNull();
  });
});

describe("unite", () => {
  it("crosses the 180th meridian where that is shorter", () => {
    expect(unite([-20, 177, -15, 179], [-18, -179, -10, -177])).toEqual([-20, 177, -10, -177]);
    expect(unite([-20, 177, -15, -177], [-18, -176, -10, -175])).toEqual([-20, 177, -10, -175]);
    expect(unite([0, 170, 1, 180], [0, -180, 1, -170])).toEqual([0, 170, 1, -170]);
  });

  it("is all longitudes if nothing less has both", () => {
    const wide: Area = [0, -180, 1, 100];
    expect(unite(wide, [0, 90, 1, 180])).toEqual([0, -180, 1, 180]);
  });
});
