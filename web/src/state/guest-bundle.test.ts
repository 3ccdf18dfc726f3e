import { beforeEach, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import type { Bundle } from "./bundles.ts";
import { GuestBundle } from "./guest-bundle.ts";

function makeBundle(state: Bundle["state"], done: number): Bundle {
  const progress = { photos: 2, photos_done: done, bytes: 200, bytes_done: 100 * done };
  return {
    bundle_id: "b1",
    state,
    progress,
    created_at: "2026-11-27T10:00:00Z",
    expires_at: "2026-11-28T10:00:00Z",
    reason: null,
    skipped: [],
    volumes: [],
  } as unknown as Bundle;
}

let clock: FakeClock;
let bundle: GuestBundle;
let state: Bundle | null;
let created: number;
let error: Error | null;

beforeEach(() => {
  [clock, state, created, error] = [new FakeClock(), makeBundle("queued", 0), 0, null];
  bundle = new GuestBundle(
    {
      createBundle: () => {
        created += 1;
        return error === null ? Promise.resolve("b1") : Promise.reject(error);
      },
      getBundle: () => Promise.resolve(state),
    },
    clock,
  );
});

it("is created once and watched until it is ready", async () => {
  await bundle.start();
  expect(bundle.bundle?.state).toBe("queued");
  state = makeBundle("ready", 2);
  await clock.advance(1000);
  expect(bundle.bundle?.state).toBe("ready");
  await bundle.start();
  expect(created).toBe(1);
});

it("goes on in the background after the dialog closed, and is not created again", async () => {
  await bundle.start();
  bundle.pause();
  state = makeBundle("building", 1);
  await clock.advance(60_000);
  expect(bundle.bundle?.state).toBe("queued");
  await bundle.start();
  await clock.advance(1000);
  expect([bundle.bundle?.state, created]).toEqual(["building", 1]);
});

it("is created again if the last one failed or expired", async () => {
  state = makeBundle("failed", 0);
  await bundle.start();
  await bundle.start();
  expect(created).toBe(2);
});

it("says why it was not created, and can be tried again", async () => {
  error = new NetworkError("no response");
  await bundle.start();
  expect([bundle.error, bundle.bundle]).toEqual([error, null]);
  error = null;
  await bundle.start();
  expect([bundle.error, bundle.bundle?.state]).toEqual([null, "queued"]);
});
