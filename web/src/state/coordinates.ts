/**
 * Where a photo was taken, as text: degrees, maybe with minutes and seconds, as maps and exiftool write them.
 */
import type { components } from "../api/schema.d.ts";

export type Coordinates = NonNullable<components["schemas"]["PhotoUpdate"]["coordinates"]>;

/** What an update sets to remove a position. */
export const NO_POSITION: Coordinates = { latitude: 0, longitude: 0 };

const MAX_LATITUDE = 90;
const MAX_LONGITUDE = 180;
const SIXTY = 60; // minutes of a degree, seconds of a minute
const DECIMAL_PLACES = 6; // of degrees: 0.1 m
const NUMBER = "\\d+(?:\\.\\d+)?";
/** Degrees, minutes and seconds, such as `8°36'39.6"` or `8.611°`: a sign and up to three numbers. */
const ANGLE = `([+-]?)(${NUMBER})\\s*(?:°|deg)?\\s*(?:(${NUMBER})\\s*'\\s*(?:(${NUMBER})\\s*")?)?\\s*`;
const POSITION = new RegExp(`^${ANGLE}([NS]?)(?:\\s*[,;]\\s*|\\s+|(?<=[NS]))${ANGLE}([EW]?)$`, "i");
/** Two numbers with a decimal comma, which no point and no other comma makes ambiguous. */
const DECIMAL_COMMAS = /^([+-]?\d+),(\d+)(?:\s*;\s*|\s+)([+-]?\d+),(\d+)$/;
/** What programs write for minus, minutes and seconds. */
const TYPOGRAPHY: readonly (readonly [RegExp, string])[] = [
  [/\u2212/g, "-"],
  [/[\u2032\u2019]/g, "'"],
  [/[\u2033\u201d]/g, '"'],
];

/** The coordinates of a text such as "41.1496, -8.611" or `41°8'58.6"N 8°36'39.6"W`; null if it has none. */
export function parseCoordinates(text: string): Coordinates | null {
  const plain = TYPOGRAPHY.reduce((all, [pattern, replacement]) => all.replace(pattern, replacement), text.trim());
  const found = POSITION.exec(plain.replace(DECIMAL_COMMAS, "$1.$2, $3.$4"))?.slice(1);
  if (!found) return null;
  const latitude = toDegrees(found.slice(0, 5), "S");
  const longitude = toDegrees(found.slice(5), "W");
  if (latitude === null || longitude === null) return null;
  return Math.abs(latitude) <= MAX_LATITUDE && Math.abs(longitude) <= MAX_LONGITUDE ? { latitude, longitude } : null;
}

/** The degrees of the parts of an angle, to 6 places; null if its minutes or seconds are 60 or more. */
function toDegrees([sign, whole, minutes = "0", seconds = "0", hemisphere = ""]: (string | undefined)[], negative: string): number | null {
  if (Number(minutes) >= SIXTY || Number(seconds) >= SIXTY) return null;
  const degrees = Number(whole) + Number(minutes) / SIXTY + Number(seconds) / SIXTY ** 2;
  const isNegative = (sign === "-") !== (hemisphere.toUpperCase() === negative);
  return Number((isNegative ? -degrees : degrees).toFixed(DECIMAL_PLACES));
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
