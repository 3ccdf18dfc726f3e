/**
 * How the page is built: a folder of static files that any host can serve.
 * Addresses are relative, nothing is inlined (the CSP forbids inline script and style),
 * and its configuration comes from the `config.json` next to it.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The detailed outlines of the map, which are loaded when someone zooms in.
    chunkSizeWarningLimit: 800,
    // One file of what nearly all parts share, instead of a handful of tiny ones that compress badly.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(@lit|lit)|src\/(core\/(backoff|character-keys|clock|errors|long-press|observable|pointer-press|stable-order)|i18n\/(common|format|locale|en\/common)|auth\/session|state\/(capture-time|photo|search-terms|upload-validation)|elements\/(icons|keyed-list|page-element|press-controller|suggestion-combobox|touch-selection))\.ts$/,
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
    include: ["src/**/*.test.ts", "*.test.js"],
  },
});
