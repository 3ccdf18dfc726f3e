/**
 * The projection of the map: Mercator, in which the world is a square from 0 to 1, north at the top.
 *
 * A camera looks at a point of the square; its scale is the size of the square in CSS px. Longitudes repeat: x is taken modulo 1.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Camera {
  readonly center: Point;
  /** The size of the world, CSS px. */
  readonly scale: number;
}

/** South, west, north and east in degrees; west is greater than east across the 180th meridian. */
export type Area = readonly [south: number, west: number, north: number, east: number];

/** Beyond it, Mercator's square ends. */
const MAX_LATITUDE = 85.0511;
/** At the largest scale a pixel at the equator is 38 meters: photos are found by cells of 10 by 5 kilometers. */
export const MAX_SCALE = 2 ** 20;
const FIT_MARGIN = 0.15;

/** Where a position is on the square. */
export function project(latitude: number, longitude: number): Point {
  const bounded = Math.min(MAX_LATITUDE, Math.max(-MAX_LATITUDE, latitude));
  const radians = (bounded * Math.PI) / 180;
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / (2 * Math.PI) };
}

/** The latitude and longitude of a point; the longitude may be beyond 180°. */
export function unproject({ x, y }: Point): { readonly latitude: number; readonly longitude: number } {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return { latitude, longitude: (x - 0.5) * 360 };
}

/** The camera that shows the inhabited world, as much of it as fits, but fills the window. */
export function wholeWorld(window: Size): Camera {
  return restrict({ center: { x: 0.5, y: 0.42 }, scale: window.height * 1.3 }, window);
}

/** A camera that looks at nothing beyond the poles, and neither too close nor from too far. */
export function restrict({ center, scale }: Camera, { width, height }: Size): Camera {
  const bounded = Math.min(MAX_SCALE, Math.max(scale, width, height));
  const half = height / 2 / bounded;
  return { center: { x: wrap(center.x), y: Math.min(1 - half, Math.max(half, center.y)) }, scale: bounded };
}

/** The camera after the map was dragged by some px. */
export function pan(camera: Camera, by: Point, window: Size): Camera {
  const { center, scale } = camera;
  return restrict({ center: { x: center.x - by.x / scale, y: center.y - by.y / scale }, scale }, window);
}

/** The camera scaled by a factor around a point of the window, px, which stays where it is. */
export function zoom(camera: Camera, factor: number, at: Point, window: Size): Camera {
  const { scale } = restrict({ ...camera, scale: camera.scale * factor }, window);
  const [dx, dy] = [at.x - window.width / 2, at.y - window.height / 2];
  const center = {
    x: camera.center.x + dx / camera.scale - dx / scale,
    y: camera.center.y + dy / camera.scale - dy / scale,
  };
  return restrict({ center, scale }, window);
}

/** Where a point of the square is in the window, px: the copy of the world that is nearest to the center. */
export function toWindow({ center, scale }: Camera, { x, y }: Point, { width, height }: Size): Point {
  const dx = wrap(x - center.x + 0.5) - 0.5;
  return { x: width / 2 + dx * scale, y: height / 2 + (y - center.y) * scale };
}

/** The part of the Earth in the window. */
export function visibleArea({ center, scale }: Camera, { width, height }: Size): Area {
  const [north, south] = [-1, 1].map((sign) => unproject({ x: 0, y: center.y + (sign * height) / 2 / scale }).latitude);
  const half = width / 2 / scale;
  if (half >= 0.5) return [round(south ?? -90), -180, round(north ?? 90), 180];
  const [west, east] = [center.x - half, center.x + half].map((x) => round(unproject({ x: wrap(x), y: 0 }).longitude));
  return [round(south ?? -90), west ?? -180, round(north ?? 90), east ?? 180];
}

/** The camera that shows an area, by default with some space around it: a share of the window at each edge. */
export function fitArea([south, west, north, east]: Area, window: Size, margin = FIT_MARGIN): Camera {
  const [top, bottom] = [project(north, west), project(south, east > west ? east : east + 360)];
  const share = 1 - 2 * margin;
  const scale = Math.min((window.width * share) / (bottom.x - top.x || 1e-9), (window.height * share) / (bottom.y - top.y || 1e-9));
  return restrict({ center: { x: (top.x + bottom.x) / 2, y: (top.y + bottom.y) / 2 }, scale }, window);
}

/** A number between 0 and 1, modulo 1. */
export function wrap(x: number): number {
  return x - Math.floor(x);
}

/** Degrees to a tenth of a meter, as the API takes them. */
export function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
