/**
 * Whether the device is online, according to the browser. The browser may report that it is online although no request succeeds.
 */

export interface NetworkStatus {
  readonly online: boolean;
  /** Calls `onChange` whenever `online` changes. */
  watch(onChange: () => void): void;
}

export const browserNetwork: NetworkStatus = {
  get online() {
    return navigator.onLine;
  },
  watch(onChange) {
    for (const event of ["online", "offline"]) addEventListener(event, onChange);
  },
};

/** Milliseconds after the `online` event at which to try again what failed: the event may come before requests succeed. */
export const RETRY_DELAYS: readonly number[] = [0, 2000, 10_000];
