/**
 * The service worker: the page opens without a connection, too. It caches the document, the files that the document loads first,
 * and the configuration; never anything of the API, and no photos.
 *
 * Online, the document always comes from the network: nobody gets an old version of the page, and nothing has to be reloaded
 * after an update. Each version of the page has a cache of its own; the worker of a new version takes over at once and deletes
 * the others.
 */
import { digestOf } from "./digest.ts";
import { CONFIG, DOCUMENT, handlingOf, type Shell } from "./requests.ts";

declare const self: ServiceWorkerGlobalScope;
/** Replaced by the build. */
declare const SHELL: Shell;

const shell = SHELL;

const PREFIX = "tintype-shell-";
const CACHE = PREFIX + Object.keys(shell.files).join();

/** How long to wait for the network before a cached response is used, ms. */
const NETWORK_TIMEOUT = 5000;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(deleteOtherVersions());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const handling = handlingOf(request, self.registration.scope, shell);
  if (handling === "file") event.respondWith(fromCache(request).then((response) => response ?? fetch(request)));
  else if (handling !== "ignored") event.respondWith(fromNetwork(request, handling === "document" ? DOCUMENT : CONFIG));
});

/** Caches this version. Fails if the network has another one, or none: the browser tries again when the page is opened next time. */
async function install(): Promise<void> {
  const document = await fetch(addressOf(DOCUMENT), { cache: "no-cache" });
  if ((await document.clone().text()) !== shell.document) throw new Error("the document is of another version");
  const config = await fetch(addressOf(CONFIG));
  await config.clone().json();
  const files = Object.entries(shell.files).map(async ([path, digest]) => [path, await fetchFile(path, digest)] as const);
  const cache = await caches.open(CACHE);
  for (const [path, response] of [...(await Promise.all(files)), [CONFIG, config], [DOCUMENT, document]] as const) {
    await cache.put(addressOf(path), response);
  }
  await self.skipWaiting();
}

/** A file of the page. Fails if the network has something else under its name, such as an error page: the cache would keep it. */
async function fetchFile(path: string, digest: string): Promise<Response> {
  const response = await fetch(addressOf(path));
  if ((await digestOf(await response.clone().arrayBuffer())) !== digest) throw new Error(`${path} has another content`);
  return response;
}

async function deleteOtherVersions(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** The response of the network, or the cached one if the network has none or takes too long. */
async function fromNetwork(request: Request, path: string): Promise<Response> {
  const response = fetch(request);
  const cached = async () => (await fromCache(addressOf(path))) ?? (await response);
  const timeout = new Promise((resolve) => setTimeout(resolve, NETWORK_TIMEOUT)).then(cached);
  return await Promise.race([response, timeout]).catch(cached);
}

async function fromCache(request: Request | string): Promise<Response | undefined> {
  return await caches.match(request, { cacheName: CACHE, ignoreVary: true }).catch(() => undefined);
}

function addressOf(path: string): string {
  return self.registration.scope + path;
}
