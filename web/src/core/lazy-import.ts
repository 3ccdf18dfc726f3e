/**
 * Code of the page that is loaded on first use.
 *
 * What failed to load may not be fetched again until the page is reloaded: some browsers remember modules that failed, and
 * Vite its styles. So nothing is requested before another request has succeeded: a browser may report that it is online
 * although the server is down. The caller can try again later.
 */
import { ModuleLoadError, NetworkError } from "./errors.ts";
import { moduleRecovery, type ModuleRecovery } from "./module-recovery.ts";
import { browserNetwork, type NetworkStatus } from "./network-status.ts";

/** A function that loads a module once. It throws a `NetworkError` without a network, a `ModuleLoadError` if loading fails. */
export function lazyImport<Module>(
  load: () => Promise<Module>,
  network: Pick<NetworkStatus, "online" | "probe"> = browserNetwork,
  recovery: Pick<ModuleRecovery, "start"> = moduleRecovery,
): () => Promise<Module> {
  let loading: Promise<Module> | null = null;
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
    try {
      await network.probe();
    } catch (error) {
      recovery.start();
      throw new NetworkError("no response", { cause: error });
    }
  }
}
