import { expect, it } from "vitest";

import { ModuleLoadError, NetworkError } from "./errors.ts";
import { lazyImport } from "./lazy-import.ts";

class Connection {
  online = true;
  probe = (): Promise<unknown> => Promise.resolve();
}

it("loads a module once for all callers", async () => {
  let loads = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), new Connection());
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

it("requests nothing while offline, and loads once online", async () => {
  const connection = new Connection();
  let loads = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), connection);
  connection.online = false;
  await expect(load()).rejects.toThrow(NetworkError);
  expect(loads).toBe(0);
  connection.online = true;
  expect(await load()).toBe(1);
});

it("loads nothing until another request succeeds, and makes that one only before a module is loaded", async () => {
  const connection = new Connection();
  let loads = 0;
  let probes = 0;
  let recoveries = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), connection, { start: () => (recoveries += 1) });
  connection.probe = () => Promise.reject(new TypeError("no response"));
  await expect(load()).rejects.toThrow(NetworkError);
  expect([loads, recoveries]).toEqual([0, 1]);
  connection.probe = () => Promise.resolve((probes += 1));
  expect([await load(), await load(), probes]).toEqual([1, 1, 1]);
});

it("returns a loaded module while offline", async () => {
  const connection = new Connection();
  const load = lazyImport(() => Promise.resolve("viewer"), connection);
  await load();
  connection.online = false;
  expect(await load()).toBe("viewer");
});

it("throws a ModuleLoadError on failure, and retries on the next call", async () => {
  const responses = [() => Promise.reject(new TypeError("no response")), () => Promise.resolve("viewer")];
  const load = lazyImport(() => responses.shift()?.() ?? Promise.resolve("none"), new Connection());
  await expect(load()).rejects.toThrow(ModuleLoadError);
  expect(await load()).toBe("viewer");
});
