/**
 * Builds the service worker, with what it has to cache: the document as it was built, and the files that it refers to.
 */
import { build, type Plugin, type Rolldown } from "vite";

import { digestOf } from "./digest.ts";
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
        this.emitFile({ type: "asset", fileName, source: await buildWorker(await shellOf(String(page.source), bundle)) });
      },
    },
  };
}

async function shellOf(document: string, bundle: Rolldown.OutputBundle): Promise<Shell> {
  const files = [...document.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(async ([, file = ""]) => {
    const output = bundle[file];
    if (output === undefined) throw new Error(`${file} was not built`);
    const content = output.type === "chunk" ? output.code : output.source;
    return [file, await digestOf(typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content))] as const;
  });
  return { document, files: Object.fromEntries(await Promise.all(files)) };
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
