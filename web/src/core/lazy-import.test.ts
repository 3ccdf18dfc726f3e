import { expect, it } from "vitest";

import { ModuleLoadError, NetworkError } from "./errors.ts";
import { lazyImport } from "./lazy-import.ts";

const online = { online: true };

it("loads a module once for all callers", async () => {
  let loads = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), online);
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

it("requests nothing while offline, and loads once online", async () => {
  const connection = { online: false };
  let loads = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), connection);
  await expect(load()).rejects.toThrow(NetworkError);
  expect(loads).toBe(0);
  connection.online = true;
  expect(await load()).toBe(1);
});

it("returns a loaded module while offline", async () => {
  const connection = { online: true };
  const load = lazyImport(() => Promise.resolve("viewer"), connection);
  await load();
  connection.online = false;
  expect(await load()).toBe("viewer");
});

it("throws a ModuleLoadError on failure, and retries on the next call", async () => {
  const responses = [() => Promise.reject(new TypeError("no response")), () => Promise.resolve("viewer")];
  const load = lazyImport(() => responses.shift()?.() ?? Promise.resolve("none"), online);
  await expect(load()).rejects.toThrow(ModuleLoadError);
  expect(await load()).toBe("viewer");
});
