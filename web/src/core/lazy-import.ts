/**
 * Code of the page that is loaded on first use.
 *
 * A browser may not fetch a module again after it failed to load, until the page is reloaded (Chromium's module map
 * remembers failures). So nothing is requested while offline, nor after it until another request has succeeded: a browser
 * may report that it is online before requests succeed. The caller can try again later.
 */
import { ModuleLoadError, NetworkError } from "./errors.ts";
import { type NetworkStatus, browserNetwork } from "./network-status.ts";

/** A function that loads a module once. It throws a `NetworkError` without a network, a `ModuleLoadError` if loading fails. */
export function lazyImport<Module>(load: () => Promise<Module>, network: NetworkStatus = browserNetwork): () => Promise<Module> {
  let loading: Promise<Module> | null = null;
  let wasOffline = false;
  network.watch(() => {
    if (!network.online) wasOffline = true;
  });
  return async () => {
    if (loading === null) await confirmOnline();
    try {
      return await (loading ??= load());
    } catch (error) {
      loading = null;
      throw new ModuleLoadError("failed to load a module of the page", { cause: error });
    }
  };

  async function confirmOnline(): Promise<void> {
    if (!network.online) throw new NetworkError("offline");
    if (!wasOffline) return;
    try {
      await network.probe();
    } catch (error) {
      throw new NetworkError("no response", { cause: error });
    }
    wasOffline = !network.online;
  }
}
