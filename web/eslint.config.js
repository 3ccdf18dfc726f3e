import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { retiredNames } from "./eslint-retired-names.js";

const FETCH = ["fetch", "XMLHttpRequest"].map((name) => ({ name, message: "Only src/api and core/network-status.ts fetch." }));
const BROWSER = ["document", "window", "navigator", "location", "history", "sessionStorage", "localStorage"].map((name) => ({
  name,
  message: "This folder runs without a browser: pass in what it needs.",
}));

export default defineConfig(
  { ignores: ["dist/", "src/api/schema.d.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.js"] } } },
    plugins: { tintype: { rules: { "retired-names": retiredNames } } },
    rules: {
      "tintype/retired-names": "error",
      "no-restricted-globals": ["error", ...FETCH],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
  { files: ["src/api/**", "src/core/network-status.ts", "service-worker/**"], rules: { "no-restricted-globals": "off" } },
  {
    files: ["src/{auth,core,i18n,state}/**"],
    ignores: ["src/core/network-status.ts", "src/core/browser-storage.ts", "src/i18n/locale.ts"],
    rules: { "no-restricted-globals": ["error", ...FETCH, ...BROWSER] },
  },
);
