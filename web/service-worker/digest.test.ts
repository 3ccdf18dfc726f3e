import { expect, it } from "vitest";

import { digestOf } from "./digest.ts";

it("computes the SHA-256 of a file in hex", async () => {
  expect(await digestOf(new TextEncoder().encode("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
