import { expect, it } from "vitest";

import { formatCoordinates, parseCoordinates, positionOf } from "./coordinates.ts";

it.each([
  ["41.1496, -8.611", 41.1496, -8.611],
  [" 41.1496,-8.611 ", 41.1496, -8.611],
  ["41.1496 -8.611", 41.1496, -8.611],
  ["+41; 8", 41, 8],
  ["41.1496° N, 8.611° W", 41.1496, -8.611],
  ["33.8688°S 151.2093°E", -33.8688, 151.2093],
  ["\u221233.8, 151.2", -33.8, 151.2],
  ["90, -180", 90, -180],
  [`59°54'50"N 10°45'8"E`, 59.913889, 10.752222],
  [`59°54'50"N10°45'8"E`, 59.913889, 10.752222],
  ["33°52\u20327.7\u2033S, 151°12\u203233.5\u2033E", -33.868806, 151.209306],
  [`41 deg 8' 58.56" N, 8 deg 36' 39.60" W`, 41.1496, -8.611],
  ["41°8.976'N 8°36.66'W", 41.1496, -8.611],
  ["48,2082 16,3738", 48.2082, 16.3738],
  ["48,2082; -16,3738", 48.2082, -16.3738],
  ["0, 0", 0, 0],
])("reads %s", (text, latitude, longitude) => {
  expect(parseCoordinates(text)).toEqual({ latitude, longitude });
});

it.each([
  "",
  "41.1496",
  "41.1496,",
  "Porto, Portugal",
  "91, 0",
  "0, 180.1",
  "1, 2, 3",
  "4115",
  "1e1, 2",
  "41,1, 8,6",
  "NaN, 1",
  "41°60'N 8°0'W",
  "1'2\" 3'4\"",
  "48,2 16,3,1",
])("reads no position in %j", (text) => {
  expect(parseCoordinates(text)).toBeNull();
});

it("formats coordinates as it reads them", () => {
  expect(formatCoordinates({ latitude: 41.1496, longitude: -8.611 })).toBe("41.1496, -8.611");
  expect(formatCoordinates(null)).toBe("");
});

it("takes 0 and 0 for no position", () => {
  expect(positionOf({ latitude: 0, longitude: 0 })).toBeNull();
  expect(positionOf({ latitude: 0, longitude: 8 })).toEqual({ latitude: 0, longitude: 8 });
});
