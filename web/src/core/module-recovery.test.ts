import { expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { ModuleRecovery } from "./module-recovery.ts";

it("makes requests until one succeeds, and tells so once", async () => {
  const clock = new FakeClock();
  let isUp = false;
  let probes = 0;
  const probe = () => {
    probes += 1;
    return isUp ? Promise.resolve() : Promise.reject(new TypeError("no response"));
  };
  const recovery = new ModuleRecovery(clock, { probe });
  let recoveries = 0;
  recovery.watch(() => (recoveries += 1));
  recovery.start();
  recovery.start();
  await clock.advance(2000);
  await clock.advance(5000);
  expect([probes, recoveries]).toEqual([2, 0]);
  isUp = true;
  await clock.advance(10_000);
  await clock.advance(60_000);
  expect([probes, recoveries]).toEqual([3, 1]);
});
