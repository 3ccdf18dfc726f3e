/**
 * Gives the document a theme: the styles follow its `data-theme`, or the system if it has none.
 */
import { deviceStorage, watchDeviceStorage } from "../core/browser-storage.ts";
import { readTheme } from "../core/theme.ts";

/** Applies the stored theme, now and whenever it is changed in another tab. */
export function followTheme(): void {
  applyTheme();
  watchDeviceStorage(applyTheme);
}

/** Applies the stored theme. */
export function applyTheme(): void {
  const theme = readTheme(deviceStorage);
  if (theme === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // The color of the browser's own bars.
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[data-scheme]")) {
    const { scheme = "" } = meta.dataset;
    meta.media = theme === null ? `(prefers-color-scheme: ${scheme})` : scheme === theme ? "all" : "not all";
  }
}
