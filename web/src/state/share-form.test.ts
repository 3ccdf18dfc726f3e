import { describe, expect, it } from "vitest";

import { makeShare } from "../fakes/shares.ts";
import { findInvalidField, type ShareFields, termsOf } from "./share-form.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");

function fields(overrides: Partial<ShareFields> = {}): ShareFields {
  return {
    name: " Family ",
    download: "resized",
    add: false,
    review: false,
    expiry: "never",
    date: "",
    password: "",
    removePassword: false,
    ...overrides,
  };
}

describe("the terms of a new link", () => {
  it("have the fields of the form", () => {
    const terms = { name: "Family", download: "resized", add: false, review: false, expires_at: null };
    expect(termsOf(fields(), null, NOW)).toEqual(terms);
    expect(termsOf(fields({ password: "secret" }), null, NOW)).toEqual({ ...terms, password: "secret" });
  });

  it("have a review only if photos can be added", () => {
    const review = (add: boolean) => termsOf(fields({ add, review: true }), null, NOW).review;
    expect([review(true), review(false)]).toEqual([true, false]);
  });

  it("end after some days, or with the chosen day on the user's clock", () => {
    expect(termsOf(fields({ expiry: "7" }), null, NOW).expires_at).toBe("2026-12-04T12:00:00.000Z");
    const end = termsOf(fields({ expiry: "date", date: "2026-12-24" }), null, NOW).expires_at ?? "";
    expect(new Date(end).getTime()).toBe(new Date(2026, 11, 24, 23, 59, 59).getTime());
  });
});

describe("the terms of a link that exists", () => {
  it("leave out an end and a password that stay", () => {
    const terms = termsOf(fields({ expiry: "keep" }), makeShare("s1", { has_password: true }), NOW);
    expect(terms).toEqual({ name: "Family", download: "resized", add: false, review: false });
  });

  it("remove the password, or replace it", () => {
    const existing = makeShare("s1", { has_password: true });
    expect(termsOf(fields({ removePassword: true }), existing, NOW).password).toBeNull();
    expect(termsOf(fields({ removePassword: true, password: "other" }), existing, NOW).password).toBe("other");
  });
});

it("finds the field that is invalid", () => {
  const invalid = (overrides: Partial<ShareFields>) => findInvalidField(fields(overrides), NOW);
  expect(invalid({})).toBeNull();
  expect(invalid({ expiry: "date" })).toBe("date");
  expect(invalid({ expiry: "date", date: "2026-11-20" })).toBe("date");
  expect(invalid({ expiry: "date", date: "2026-11-30" })).toBeNull();
  expect(invalid({ password: "abc" })).toBe("password");
});
