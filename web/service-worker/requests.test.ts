import { describe, expect, it } from "vitest";

import { handlingOf } from "./requests.ts";

const SCOPE = "https://page.test/";
const SHELL = { document: "<!doctype html>", files: { "assets/index-a1.js": "a1", "assets/index-b2.css": "b2" } };

function handling(path: string, mode: RequestMode = "cors", method = "GET") {
  return handlingOf({ method, mode, url: new URL(path, SCOPE).href }, SCOPE, SHELL);
}

describe("the service worker", () => {
  it("answers navigations to the page", () => {
    for (const path of ["/", "/?tag=lake&photo=a", "/?code=c&state=s", "/#keys"]) expect(handling(path, "navigate")).toBe("document");
  });

  it("answers requests for the configuration and the first files", () => {
    expect(handling("/config.json")).toBe("config");
    for (const file of Object.keys(SHELL.files)) expect(handling(`/${file}`)).toBe("file");
  });

  it("ignores the page for guests, the API, photos and other sites", () => {
    for (const path of ["/shared/", "/shared/#t", "/api/photos/a", "/inbox", "/index.html"]) {
      expect(handling(path, "navigate")).toBe("ignored");
    }
    for (const path of ["/api/photos?scope=mine", "/api/s/token", "/assets/uploads-c3.js", "https://images.test/a.jpg", "/"]) {
      expect(handling(path)).toBe("ignored");
    }
    expect(handling("https://page.test.example/", "navigate")).toBe("ignored");
  });

  it("ignores everything but GET", () => {
    expect(handling("/", "same-origin", "HEAD")).toBe("ignored");
    expect(handling("/assets/index-a1.js", "cors", "HEAD")).toBe("ignored");
  });
});
