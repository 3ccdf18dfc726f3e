/**
 * Whether this device has a network at all, as the browser sees it. It may say yes where nothing gets through.
 */

export interface NetworkStatus {
  readonly online: boolean;
  /** Calls `changed` whenever that changes. */
  watch(changed: () => void): void;
}

export const browserNetwork: NetworkStatus = {
  get online() {
    return navigator.onLine;
  },
  watch(changed) {
    for (const event of ["online", "offline"]) addEventListener(event, changed);
  },
};
