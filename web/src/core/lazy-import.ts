/**
 * Parts of the page that are loaded when they are first needed.
 *
 * What once failed to load a browser may not fetch again before the page itself is loaded anew (Chromium keeps that in
 * its module map). So nothing is asked for while there is no line, and whoever needs it then may ask again later.
 */
import { ModuleLoadError, NetworkError } from "./errors.ts";
import { type NetworkStatus, browserNetwork } from "./network-status.ts";

/** Loads it once; throws `Unreachable` while there is no line, `NotLoaded` if it did not come. */
export function lazyImport<Part>(load: () => Promise<Part>, connection: Pick<NetworkStatus, "online"> = browserNetwork): () => Promise<Part> {
  let loading: Promise<Part> | null = null;
  return async () => {
    if (loading === null && !connection.online) throw new NetworkError("offline");
    try {
      return await (loading ??= load());
    } catch (problem) {
      loading = null;
      throw new ModuleLoadError("a part of the page did not come", { cause: problem });
    }
  };
}
