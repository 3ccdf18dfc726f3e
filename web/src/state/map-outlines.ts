/**
 * The outlines of the map as paths in Mercator's square: land, and the borders between countries.
 */
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

import { project } from "./map-projection.ts";

/** A path, and the smallest rectangle around it. It may reach beyond the square, where it crosses the 180th meridian. */
export interface Outline {
  /** Rings or lines: x and y of each point in turn. */
  readonly lines: readonly Float32Array[];
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Outlines {
  readonly land: readonly Outline[];
  readonly borders: readonly Outline[];
}

type Position = readonly number[];

/** The outlines in a topology with the objects `land` and `countries`. */
export function readOutlines(topology: Topology): Outlines {
  const { land, countries } = topology.objects as { land: GeometryCollection; countries: GeometryCollection };
  const polygons = feature(topology, land).features.flatMap(({ geometry }) =>
    geometry.type === "MultiPolygon" ? geometry.coordinates : geometry.type === "Polygon" ? [geometry.coordinates] : [],
  );
  const borders = mesh(topology, countries, (a, b) => a !== b).coordinates;
  return { land: polygons.map(outline), borders: borders.map((line) => outline([line])) };
}

function outline(coordinates: readonly (readonly Position[])[]): Outline {
  const lines = coordinates.map((line) => Float32Array.from(continuous(line).flatMap(projected)));
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 2) {
      const [x, y] = [line[index] ?? 0, line[index + 1] ?? 0];
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return { lines, left, top, right, bottom };
}

/** A line without jumps at the 180th meridian: beyond it, longitudes go on. A ring around a pole is closed along it. */
function continuous(line: readonly Position[]): readonly Position[] {
  let [turn, previous] = [0, line[0]?.[0] ?? 0];
  const moved = line.map(([longitude = 0, latitude = 0]) => {
    if (Math.abs(longitude - previous) > 180) turn += longitude < previous ? 360 : -360;
    previous = longitude;
    return [longitude + turn, latitude] as const;
  });
  const [first, last] = [moved[0], moved.at(-1)];
  if (turn === 0 || first === undefined || last === undefined || Math.abs(last[0] - first[0]) < 180) return moved;
  const pole = last[1] < 0 ? -90 : 90;
  return [...moved, [last[0], pole], [first[0], pole]];
}

function projected([longitude = 0, latitude = 0]: Position): [number, number] {
  const { x, y } = project(latitude, longitude);
  return [x, y];
}
