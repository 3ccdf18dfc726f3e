import { expect, it } from "vitest";

import { matchFormatLocale, matchLocale } from "./locale.ts";

it("picks the first preferred language that is supported", () => {
  expect(matchLocale(["fr-FR", "de-AT", "en"], ["en", "de"])).toBe("de");
  expect(matchLocale(["EN-us"], ["en", "de"])).toBe("en");
});

it("falls back to the first supported language", () => {
  expect(matchLocale(["fr-FR"], ["en", "de"])).toBe("en");
  expect(matchLocale([], ["en", "de"])).toBe("en");
});

it("formats in the preferred region of the page's language", () => {
  expect(matchFormatLocale(["de-DE", "en-GB", "en-US"], "en")).toBe("en-GB");
});

it("never formats in another language than the page's", () => {
  expect(matchFormatLocale(["de-DE", "fr"], "en")).toBe("en");
});
