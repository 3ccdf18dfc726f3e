import { expect, it } from "vitest";

import { countYears, planRanges } from "./bundle-plan.ts";

it("a library that fits into one bundle is not divided", () => {
  expect(planRanges({ photos: 10_000, months: { "2019-01": 6000, "2020-01": 4000 } })).toEqual([{ from: null, to: null }]);
});

it("a larger one is divided between months, and no day is left out", () => {
  const months = { "2020-01": 4000, "2018-07": 8000, "2018-08": 900, "2019-12": 200, "2020-02": 20_000, "2020-03": 1 };
  expect(planRanges({ photos: 33_101, months })).toEqual([
    { from: null, to: "2019-11-30" },
    { from: "2019-12-01", to: "2020-01-31" },
    { from: "2020-02-01", to: "2020-02-29" },
    { from: "2020-03-01", to: null },
  ]);
  expect(planRanges({ photos: 20_000, months: { "2019-12": 9000, "2020-01": 9000 } })).toEqual([
    { from: null, to: "2019-12-31" },
    { from: "2020-01-01", to: null },
  ]);
});

it("years are counted, the latest first", () => {
  expect(countYears({ "2019-01": 2, "2020-03": 4, "2019-12": 3 })).toEqual([
    ["2020", 4],
    ["2019", 5],
  ]);
});
