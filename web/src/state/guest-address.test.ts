import { expect, it } from "vitest";

import { guestAddress, parseGuestAddress, shareIdOf } from "./guest-address.ts";

it("has the token and the open photo in the fragment", () => {
  expect(parseGuestAddress("#abc.0123")).toEqual({ token: "abc.0123", photoId: null });
  expect(parseGuestAddress("#abc.0123/p-1")).toEqual({ token: "abc.0123", photoId: "p-1" });
  expect(guestAddress("abc.0123", null)).toBe("#abc.0123");
  expect(guestAddress("abc.0123", "p-1")).toBe("#abc.0123/p-1");
});

it("has no token if the fragment is none of a shared link", () => {
  for (const hash of ["", "#", "#abc", "#abc.", "#abc.012/", "#abc.012/p/q", "#abc.012?x"]) {
    expect(parseGuestAddress(hash).token).toBeNull();
  }
});

it("knows the id of the share, which is no secret", () => {
  expect(shareIdOf("abc.0123")).toBe("abc");
});
