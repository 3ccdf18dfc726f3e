/**
 * Code of the page that is loaded on first use.
 *
 * A browser may not fetch a module again after it failed to load, until the page is reloaded (Chromium's module map
 * remembers failures). So nothing is requested while offline, and the caller can try again later.
 */
import { ModuleLoadError, NetworkError } from "./errors.ts";
import { type NetworkStatus, browserNetwork } from "./network-status.ts";

/** A function that loads a module once. It throws a `NetworkError` while offline, a `ModuleLoadError` if loading fails. */
export function lazyImport<Module>(
  load: () => Promise<Module>,
  network: Pick<NetworkStatus, "online"> = browserNetwork,
): () => Promise<Module> {
  let loading: Promise<Module> | null = null;
  return async () => {
    if (loading === null && !network.online) throw new NetworkError("offline");
    try {
      return await (loading ??= load());
    } catch (error) {
      loading = null;
      throw new ModuleLoadError("failed to load a module of the page", { cause: error });
    }
  };
}
