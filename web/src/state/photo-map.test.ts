import { expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import type { PhotoMap } from "./map-clusters.ts";
import { type Area, fitArea } from "./map-projection.ts";
import { PhotoMapStore } from "./photo-map.ts";

const WINDOW = { width: 1000, height: 500 };
const CLUSTER = { latitude: 38.7, longitude: -9.1, count: 20, bounds: [38, -10, 39, -9], photo_id: "a", cover_image: null };

function createMap(area: Area | null = null) {
  const requests: (Deferred<PhotoMap> & { area: Area })[] = [];
  const [clock, moved]: [FakeClock, Area[]] = [new FakeClock(), []];
  const fetchMap = (at: Area) => {
    const request = Object.assign(new Deferred<PhotoMap>(), { area: at });
    requests.push(request);
    return request.promise;
  };
  const map = new PhotoMapStore(fetchMap, clock, area, (at) => moved.push(at));
  const response = async (index: number, clusters: PhotoMap["clusters"]) => {
    requests[index]?.resolve({ level: 1, clusters });
    await flushPromises();
  };
  return { map, requests, response, clock, moved };
}

it("loads the clusters of the whole world once it has a size", async () => {
  const { map, requests, response } = createMap();
  expect(requests).toHaveLength(0);
  map.resize(WINDOW);
  expect(requests[0]?.area.filter((_, index) => index % 2 === 1)).toEqual([-180, 180]);
  await response(0, [CLUSTER]);
  expect(map.markers.map(({ count }) => count)).toEqual([20]);
  expect(map.isEmpty).toBe(false);
});

it("begins at an area", () => {
  const { map } = createMap([38, -10, 39, -8]);
  map.resize(WINDOW);
  expect(map.camera).toEqual(fitArea([38, -10, 39, -8], WINDOW, 0));
});

it("loads the clusters where the map stays, and says where that is", async () => {
  const { map, requests, clock, moved } = createMap();
  map.resize(WINDOW);
  for (const west of [-30, -20, -10]) {
    map.move(fitArea([38, west, 39, west + 1], WINDOW));
    await clock.advance(100);
  }
  expect(requests).toHaveLength(1);
  await clock.advance(250);
  expect(requests).toHaveLength(2);
  expect(moved).toEqual([requests[1]?.area]);
});

it("says where it is before it is left, and loads nothing once it is closed", async () => {
  const { map, requests, clock, moved } = createMap();
  map.resize(WINDOW);
  map.move(fitArea([38, -10, 39, -9], WINDOW));
  map.reportArea();
  map.close();
  await clock.advance(1000);
  expect([requests.length, moved.length]).toEqual([1, 1]);
  expect(moved[0]?.[0]).toBeGreaterThan(30);
});

it("ignores the response for where the map was before", async () => {
  const { map, response, clock } = createMap();
  map.resize(WINDOW);
  map.move(fitArea([38, -10, 39, -9], WINDOW));
  await clock.advance(250);
  await response(1, [CLUSTER]);
  await response(0, []);
  expect(map.markers).toHaveLength(1);
});

it("keeps the clusters after an error, and can load again", async () => {
  const { map, requests, response } = createMap();
  map.resize(WINDOW);
  await response(0, [CLUSTER]);
  void map.load();
  requests[1]?.reject(new Error("broken"));
  await flushPromises();
  expect([map.markers.length, map.error]).toEqual([1, new Error("broken")]);
  void map.load();
  await response(2, [CLUSTER]);
  expect(map.error).toBeNull();
});

it("is empty if no photo is anywhere", async () => {
  const { map, response } = createMap();
  map.resize(WINDOW);
  expect(map.isEmpty).toBe(false);
  await response(0, []);
  expect(map.isEmpty).toBe(true);
});
