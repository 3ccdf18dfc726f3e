import { describe, expect, it } from "vitest";

import { formatBytes, formatDate, formatDay, formatPercent, formatTag, plural } from "./format.ts";

it("sizes use the unit with the shortest number", () => {
  expect([0, 999, 1000, 61_440, 2_450_000, 3_200_000_000].map(formatBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1 kB",
    "61 kB",
    "2.5 MB",
    "3.2 GB",
  ]);
});

it("percentages have no space in English", () => {
  expect([0.42, 1].map((share) => formatPercent(share))).toEqual(["42%", "100%"]);
});

it("plural forms follow the language's rules and may leave the count out", () => {
  const forms = { one: "this photo", other: "these # photos" };
  expect([1, 3, 1200].map((count) => plural(count, forms))).toEqual(["this photo", "these 3 photos", "these 1,200 photos"]);
});

it("tags are capitalized as the API writes tag names", () => {
  expect(["beach", "golden hour", "l'été", "well-known", "écru"].map(formatTag)).toEqual([
    "Beach",
    "Golden Hour",
    "L'été",
    "Well-known",
    "Écru",
  ]);
});

it("known abbreviations in tags are written as usual", () => {
  expect(["suv", "old bmw", "tvs", "iphone", "usage", "us"].map(formatTag)).toEqual(["SUV", "Old BMW", "TVs", "iPhone", "Usage", "Us"]);
});

it("a camera's date is the same in every time zone", () => {
  expect(formatDate(Date.UTC(2026, 0, 3, 23, 30))).toBe("January 3, 2026");
});

describe("a day of the timeline", () => {
  const day = Date.UTC(2026, 10, 20) / 86_400_000;

  it("has its weekday in the long form", () => {
    expect(formatDay(day, "long")).toBe("Friday, November 20, 2026");
  });

  it("omits the current year in the short form", () => {
    expect(formatDay(day, "short", new Date(2026, 11, 31))).toBe("Nov 20");
    expect(formatDay(day, "short", new Date(2027, 0, 1))).toBe("Nov 20, 2026");
  });
});
