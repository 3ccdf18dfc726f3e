import { expect, it } from "vitest";

import { dayAfter, endOfDay, lastDayOf } from "./months.ts";

it("knows the last day of a month of any year", () => {
  const days = ["2019-08", "2020-02", "2019-02", "2019-12", "0087-04"].map(lastDayOf);
  expect(days).toEqual(["2019-08-31", "2020-02-29", "2019-02-28", "2019-12-31", "0087-04-30"]);
});

it("knows the day after, and when a day ends", () => {
  expect([dayAfter("2019-12-31"), dayAfter("2020-02-28")]).toEqual(["2020-01-01", "2020-02-29"]);
  expect(endOfDay("1970-01-01")).toBe(86_400_000);
});
