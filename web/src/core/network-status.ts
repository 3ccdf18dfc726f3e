/**
 * Whether the device is online, according to the browser. The browser may report that it is online although no request succeeds.
 */
import type { Clock } from "./clock.ts";

export interface NetworkStatus {
  readonly online: boolean;
  /** Calls `onChange` whenever `online` changes. */
  watch(onChange: () => void): void;
  /** Makes a small request; rejects if there is no response. */
  probe(): Promise<unknown>;
}

export const browserNetwork: NetworkStatus = {
  get online() {
    return navigator.onLine;
  },
  watch(onChange) {
    for (const event of ["online", "offline"]) addEventListener(event, onChange);
  },
  probe: () => fetch(location.pathname, { method: "HEAD", cache: "no-store" }),
};

/** Calls `retry` after 0, 2 and 10 seconds while online: the `online` event may come before requests succeed. */
export function retryRepeatedly(clock: Clock, network: Pick<NetworkStatus, "online">, retry: () => void): void {
  for (const delay of [0, 2000, 10_000]) {
    clock.after(delay, () => {
      if (network.online) retry();
    });
  }
}
