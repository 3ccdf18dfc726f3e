/**
 * Whether the device is online, as the browser sees it. The browser may say yes although no request succeeds.
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
