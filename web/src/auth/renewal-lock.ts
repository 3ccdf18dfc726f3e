/**
 * Lets one tab at a time renew the session, by the Web Locks API.
 */
import type { RunExclusively } from "./session.ts";

const LOCK = "tintype.session";

/** How long to wait for the other tabs, ms: one of them may be suspended. */
const MAX_WAIT = 10_000;

/** `locks` is undefined in browsers without the API. */
export function createRenewalLock(locks: Pick<LockManager, "request"> | undefined): RunExclusively {
  return async (action) => {
    if (locks === undefined) return await action();
    const turn = { isStarted: false };
    try {
      return await locks.request(LOCK, { signal: AbortSignal.timeout(MAX_WAIT) }, () => {
        turn.isStarted = true;
        return action();
      });
    } catch (error) {
      if (turn.isStarted) throw error;
      // The wait is over, or the browser blocks site data, and with it locks.
      return await action();
    }
  };
}
