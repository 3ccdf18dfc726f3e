/**
 * Builds the service worker, with what it has to cache: the document as it was built, and the files that it refers to.
 */
import { build, type Plugin } from "vite";

import type { Shell } from "./requests.ts";

const WORKER = new URL("./worker.ts", import.meta.url).pathname;

/** `fileName` is its place in the built page; it controls the folder that it is in. */
export function serviceWorker(fileName: string): Plugin {
  return {
    name: "tintype-service-worker",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const page = bundle["index.html"];
        if (page?.type !== "asset") throw new Error("index.html was not built");
        this.emitFile({ type: "asset", fileName, source: await buildWorker(shellOf(String(page.source))) });
      },
    },
  };
}

function shellOf(document: string): Shell {
  return { document, files: [...document.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? "") };
}

/** The code of the worker, in one file: not every browser runs workers with imports. */
async function buildWorker(shell: Shell): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    define: { SHELL: JSON.stringify(shell) },
    build: { target: "es2022", write: false, lib: { entry: WORKER, formats: ["iife"], name: "worker" } },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !("output" in output)) throw new Error("the service worker was not built");
  return output.output[0].code;
}
