/**
 * The clusters of the map: those of the API, of which some that would overlap in the window become one.
 */
import type { components, paths } from "../api/schema.d.ts";
import { type Area, type Camera, fitArea, type Point, project, round, type Size, toWindow, zoom } from "./map-projection.ts";

export type PhotoMap = paths["/photos/map"]["get"]["responses"][200]["content"]["application/json"];
export type Cluster = PhotoMap["clusters"][number];
export type PhotoPage = components["schemas"]["PhotoPage"];

/** One or several clusters, where they are in the window, px. */
export interface Marker extends Point {
  /** The same as long as its largest cluster is. */
  readonly key: string;
  readonly count: number;
  readonly area: Area;
  readonly cover: string | null;
}

/** Markers closer than this overlap, px. */
const MIN_DISTANCE = 58;
/** Markers beyond the window's edge that may reach into it, px. */
const MARGIN = 40;
/** How far the center of a marker stays from the window's edge, px: it has room there with its number. */
const EDGE = 36;
/** A zoom that changes the scale by less than this shows nothing new. */
const MIN_ZOOM = 1.2;
/** The smallest cells of the API, degrees, with some tolerance: those of level 4. */
const SMALLEST = { latitude: (1.001 * 180) / 8 ** 4, longitude: (1.001 * 360) / 8 ** 4 };

/** The markers of clusters in the window, none cut by its edge; a large cluster takes the smaller ones that it overlaps. */
export function placeMarkers(clusters: readonly Cluster[], camera: Camera, window: Size): readonly Marker[] {
  const markers: Marker[] = [];
  for (const cluster of [...clusters].sort((a, b) => b.count - a.count)) {
    const exact = toWindow(camera, project(cluster.latitude, cluster.longitude), window);
    if (!isNear(exact, window)) continue;
    const at = { x: within(exact.x, window.width), y: within(exact.y, window.height) };
    const index = markers.findIndex((other) => Math.hypot(other.x - at.x, other.y - at.y) < MIN_DISTANCE);
    const marker = markers[index];
    if (marker === undefined) markers.push({ ...at, ...cellOf(cluster) });
    else markers[index] = { ...marker, count: marker.count + cluster.count, area: unite(marker.area, areaOf(cluster)) };
  }
  return markers;
}

/** The camera that a marker zooms to; null if its photos are to be opened: it has one only, or nothing closer could part them. */
export function zoomTarget({ count, area, x, y }: Marker, camera: Camera, window: Size): Camera | null {
  if (count === 1 || isSmallest(area)) return null;
  const closer = [fitArea(area, window), fitArea(area, window, 0), zoom(camera, 2, { x, y }, window)];
  return closer.find(({ scale }) => scale >= camera.scale * MIN_ZOOM) ?? null;
}

function isSmallest(area: Area): boolean {
  const [south, west, north] = area;
  return north - south <= SMALLEST.latitude && eastOf(area) - west <= SMALLEST.longitude;
}

/** The smallest area with two others in it; both may cross the 180th meridian. */
export function unite(a: Area, b: Area): Area {
  const [south, north] = [Math.min(a[0], b[0]), Math.max(a[2], b[2])];
  const [aEast, bEast] = [eastOf(a), eastOf(b)];
  // The copy of b that is nearest to a.
  const turn = 360 * Math.round((a[1] + aEast - b[1] - bEast) / 720);
  const [west, east] = [Math.min(a[1], b[1] + turn), Math.max(aEast, bEast + turn)];
  return east - west >= 360 ? [south, -180, north, 180] : [south, normalize(west, -180), north, normalize(east, 180)];
}

/** The east of an area, beyond 180° if it crosses the meridian. */
function eastOf([, west, , east]: Area): number {
  return east < west ? east + 360 : east;
}

/** A longitude between -180° and 180°; `edge` for either. */
function normalize(longitude: number, edge: number): number {
  const turned = round(longitude - 360 * Math.floor((longitude + 180) / 360));
  return Math.abs(turned) === 180 ? edge : turned;
}

function cellOf(cluster: Cluster): Omit<Marker, "x" | "y"> {
  const { photo_id: id, count, cover_image: cover } = cluster;
  return { key: id ?? `${cluster.latitude},${cluster.longitude}`, count, area: areaOf(cluster), cover };
}

function areaOf({ bounds: [south = -90, west = -180, north = 90, east = 180] }: Cluster): Area {
  return [round(south), round(west), round(north), round(east)];
}

/** A position of a marker along an edge of the window, px. */
function within(position: number, size: number): number {
  return Math.max(EDGE, Math.min(size - EDGE, position));
}

function isNear({ x, y }: Point, { width, height }: Size): boolean {
  return x > -MARGIN && x < width + MARGIN && y > -MARGIN && y < height + MARGIN;
}
