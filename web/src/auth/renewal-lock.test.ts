import { describe, expect, it } from "vitest";

import { createRenewalLock } from "./renewal-lock.ts";

type Request = LockManager["request"];

/** Locks that are granted at once, or refused with an error. */
function locks(refusal: Error | null): Pick<LockManager, "request"> {
  const request = ((_name: string, _options: LockOptions, callback: () => Promise<unknown>) =>
    refusal === null ? callback() : Promise.reject(refusal)) as Request;
  return { request };
}

describe("the lock of the renewal", () => {
  it("runs the action and returns its result", async () => {
    for (const manager of [locks(null), undefined]) {
      expect(await createRenewalLock(manager)(() => Promise.resolve("token"))).toBe("token");
    }
  });

  it("runs the action without the lock if the browser refuses it", async () => {
    const run = createRenewalLock(locks(new DOMException("blocked", "SecurityError")));
    expect(await run(() => Promise.resolve("token"))).toBe("token");
  });

  it("runs a failed action once", async () => {
    let runs = 0;
    const action = () => {
      runs += 1;
      return Promise.reject(new TypeError("no network"));
    };
    await expect(createRenewalLock(locks(null))(action)).rejects.toThrow("no network");
    expect(runs).toBe(1);
  });
});
