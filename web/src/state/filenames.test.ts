import { expect, it } from "vitest";

import { keepExtension } from "./filenames.ts";

it.each([
  ["a boat", "IMG_1.jpg", "a boat.jpg"],
  ["a boat.jpg", "IMG_1.jpg", "a boat.jpg"],
  ["a boat.JPG", "IMG_1.jpg", "a boat.JPG"],
  ["a boat.png", "IMG_1.jpg", "a boat.jpg"],
  ["a boat.", "IMG_1.jpg", "a boat.jpg"],
  ["v1.2", "IMG_1.jpg", "v1.2.jpg"],
  ["St. Pauli at 10.30 pm", "IMG_1.CR3", "St. Pauli at 10.30 pm.CR3"],
  [" a boat ", "IMG_1.jpg", "a boat.jpg"],
  ["scan", "report.final.tiff", "scan.tiff"],
  ["a boat", "untitled", "a boat"],
  ["a.boat", ".hidden", "a.boat"],
  [".jpg", "IMG_1.jpg", ""],
  ["..", "IMG_1.jpg", ""],
  ["  ", "IMG_1.jpg", ""],
])("names %j, which was %j, %j", (typed, current, expected) => {
  expect(keepExtension(typed, current)).toBe(expected);
});
