/**
 * How the page is built: a folder of static files that any host can serve.
 * Addresses are relative, nothing is inlined (the CSP forbids inline script and style),
 * and its configuration comes from the `config.json` next to it.
 */
import { defineConfig } from "vitest/config";

import { serviceWorker } from "./service-worker/vite-plugin.ts";

export default defineConfig({
  base: "./",
  plugins: [
    {
      // Nothing is displayed before the script has applied the theme: there is nothing to see without it, and no flash of the other one.
      name: "tintype-render-blocking",
      transformIndexHtml: {
        order: "post",
        handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
      },
    },
    serviceWorker("service-worker.js"),
  ],
  build: {
    target: "es2022",
    // The first that have light-dark(), half a year younger than popovers, without which the page does not work either.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The detailed outlines of the map, which are loaded when someone zooms in.
    chunkSizeWarningLimit: 800,
    // One file of what nearly all parts share, instead of a handful of tiny ones that compress badly.
    rolldownOptions: {
      input: ["index.html", "shared/index.html"],
      checks: { bundlerTimings: false },
      output: {
        codeSplitting: {
          groups: [
            {
              // What the app and the page for guests both load first.
              name: "core",
              test: /vite\/preload-helper|node_modules\/(@lit|lit|thumbhash)|src\/(api\/(http-client|rate-limiter)|controllers\/file-drop|core\/(backoff|browser-storage|clock|config|errors|lazy-import|network-status|observable|stable-order|theme|thumbhash)|i18n\/(format|locale|spellings)|state\/(capture-time|justified-layout|photo|url-refresher)|elements\/(custom-properties|icons|keyed-list|page-element|page-theme))\.ts$/,
            },
            {
              name: "base",
              test: /src\/(core\/(character-keys|long-press|pointer-press)|i18n\/(common|en\/common)|auth\/session|state\/(albums|attributes|bundle-plan|current-album|facets|page-address|photo-types|search-terms|selection|time-scale|view|view-query)|elements\/(empty-state|press-controller|suggestion-combobox|touch-selection))\.ts$/,
            },
          ],
        },
      },
    },
  },
  test: {
    environment: "node",
    // Tests change nothing global: one process for many files takes a fifth of the time.
    isolate: false,
    include: ["src/**/*.test.ts", "service-worker/*.test.ts", "*.test.js"],
  },
});
