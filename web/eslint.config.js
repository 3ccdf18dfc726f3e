import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Modules that hold state or rules: they know neither the document nor the network. */
const WITHOUT_DOM = [
  "announcements", "attention", "backoff", "batch", "bundles", "clock", "completions", "config", "curation", "dates", "draft", "editing", "feed", "figures",
  "freshener", "intake", "justify", "notices", "observable", "photo", "places", "press", "problems", "queue", "record", "refresher", "selection", "session",
  "strings", "strings-about", "strings-keys", "strings-taking", "strings-viewing", "terms", "toaster", "trends", "view", "watch",
].map((name) => `src/${name}.ts`);

export default defineConfig(
  { ignores: ["dist/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      "no-restricted-globals": ["error", { name: "fetch", message: "Only api.ts fetches." }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["src/api.ts"], rules: { "no-restricted-globals": "off" } },
  {
    files: WITHOUT_DOM,
    rules: {
      "no-restricted-globals": [
        "error",
        ...["fetch", "document", "window", "navigator", "location", "history", "sessionStorage", "localStorage"].map(
          (name) => ({ name, message: "State modules know neither the document nor the network." }),
        ),
      ],
    },
  },
);
