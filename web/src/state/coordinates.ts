/**
 * Where a photo was taken, as text: decimal degrees, as maps copy them.
 */
import type { components } from "../api/schema.d.ts";

export type Coordinates = NonNullable<components["schemas"]["PhotoUpdate"]["coordinates"]>;

/** What an update sets to remove a position. */
export const NO_POSITION: Coordinates = { latitude: 0, longitude: 0 };

const MAX_LATITUDE = 90;
const MAX_LONGITUDE = 180;
/** A number of degrees, maybe with the letter of its hemisphere, such as `8.611° W`. */
const DEGREES = "([+-]?\\d+(?:\\.\\d+)?)\\s*°?\\s*";
const POSITION = new RegExp(`^${DEGREES}([NS]?)(?:\\s*[,;]\\s*|\\s+)${DEGREES}([EW]?)$`, "i");

/** The coordinates of a text such as "41.1496, -8.611" or "41.1496° N, 8.611° W"; null if it has none. */
export function parseCoordinates(text: string): Coordinates | null {
  const [, north = "", southern = "", east = "", western = ""] = POSITION.exec(text.trim().replaceAll("\u2212", "-")) ?? [];
  if (north === "" || east === "") return null;
  const latitude = Number(north) * (southern.toUpperCase() === "S" ? -1 : 1);
  const longitude = Number(east) * (western.toUpperCase() === "W" ? -1 : 1);
  return Math.abs(latitude) <= MAX_LATITUDE && Math.abs(longitude) <= MAX_LONGITUDE ? { latitude, longitude } : null;
}

/** The text of coordinates, which `parseCoordinates` reads; empty without any. */
export function formatCoordinates(at: Coordinates | null): string {
  return at === null ? "" : `${at.latitude}, ${at.longitude}`;
}

/** Whether both are the same position, or both none. */
export function areEqual(one: Coordinates | null, other: Coordinates | null): boolean {
  return one?.latitude === other?.latitude && one?.longitude === other?.longitude;
}

/** The position of coordinates: 0 and 0 stand for none. */
export function positionOf(at: Coordinates): Coordinates | null {
  return areEqual(at, NO_POSITION) ? null : at;
}
