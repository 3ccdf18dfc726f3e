import { expect, it } from "vitest";

import { ModuleLoadError, NetworkError } from "./errors.ts";
import { lazyImport } from "./lazy-import.ts";

class Connection {
  online = true;
  probe = (): Promise<unknown> => Promise.resolve();
  readonly #watchers: (() => void)[] = [];

  watch(onChange: () => void): void {
    this.#watchers.push(onChange);
  }

  set(online: boolean): void {
    this.online = online;
    for (const notify of this.#watchers) notify();
  }
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
  connection.set(false);
  await expect(load()).rejects.toThrow(NetworkError);
  expect(loads).toBe(0);
  connection.set(true);
  expect(await load()).toBe(1);
});

it("loads nothing after being offline until another request succeeds", async () => {
  const connection = new Connection();
  let loads = 0;
  const load = lazyImport(() => Promise.resolve((loads += 1)), connection);
  connection.probe = () => Promise.reject(new TypeError("no response"));
  connection.set(false);
  connection.set(true);
  await expect(load()).rejects.toThrow(NetworkError);
  expect(loads).toBe(0);
  connection.probe = () => Promise.resolve();
  expect(await load()).toBe(1);
});

it("makes no other request if the device has not been offline", async () => {
  const connection = new Connection();
  connection.probe = () => Promise.reject(new TypeError("no response"));
  const load = lazyImport(() => Promise.resolve("viewer"), connection);
  expect(await load()).toBe("viewer");
});

it("returns a loaded module while offline", async () => {
  const connection = new Connection();
  const load = lazyImport(() => Promise.resolve("viewer"), connection);
  await load();
  connection.set(false);
  expect(await load()).toBe("viewer");
});

it("throws a ModuleLoadError on failure, and retries on the next call", async () => {
  const responses = [() => Promise.reject(new TypeError("no response")), () => Promise.resolve("viewer")];
  const load = lazyImport(() => responses.shift()?.() ?? Promise.resolve("none"), new Connection());
  await expect(load()).rejects.toThrow(ModuleLoadError);
  expect(await load()).toBe("viewer");
});
