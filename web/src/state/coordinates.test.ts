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
  ["0, 0", 0, 0],
])("reads %s", (text, latitude, longitude) => {
  expect(parseCoordinates(text)).toEqual({ latitude, longitude });
});

it.each(["", "41.1496", "41.1496,", "Porto, Portugal", "91, 0", "0, 180.1", "1, 2, 3", "4115", "1e1, 2", "41,1, 8,6", "NaN, 1"])(
  "reads no position in %j",
  (text) => {
    expect(parseCoordinates(text)).toBeNull();
  },
);

it("formats coordinates as it reads them", () => {
  expect(formatCoordinates({ latitude: 41.1496, longitude: -8.611 })).toBe("41.1496, -8.611");
  expect(formatCoordinates(null)).toBe("");
});

it("takes 0 and 0 for no position", () => {
  expect(positionOf({ latitude: 0, longitude: 0 })).toBeNull();
  expect(positionOf({ latitude: 0, longitude: 8 })).toEqual({ latitude: 0, longitude: 8 });
});
