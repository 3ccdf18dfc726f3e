import { expect, it } from "vitest";

import { HttpError, NetworkError } from "../core/errors.ts";
import { describePhoto, explainDownloadError, explainToGuest, explainUploadError, minutesOf } from "./guest.ts";

const upload = (status: number, code: string, field: string | null = null) =>
  explainUploadError(new HttpError(status, code, "For developers.", null, field), 200 * 1024 ** 2, true);

it("explains to guests why a photo was not added, never in words of the API", () => {
  expect(upload(409, "conflict")).toBe("This link takes no more photos. Ask the person who sent it to you.");
  expect(upload(400, "invalid", "bytes")).toBe("Too large: photos can be up to 200 MB.");
  expect(upload(400, "invalid", "filename")).toBe("This isn't a photo.");
  expect(upload(404, "not_found")).toBe("This link no longer takes photos.");
  expect(upload(410, "expired")).toBe("This link has expired");
  expect(upload(401, "password_required")).toBe("Reload the page and enter the password again.");
  expect(upload(403, "bucket")).toBe("Upload failed.");
  expect(upload(500, "internal")).toBe("Something went wrong. Try again in a moment.");
});

it("explains errors of the network and delays", () => {
  expect(explainToGuest(new NetworkError("no response"), false)).toMatch(/^You're offline/);
  expect(explainToGuest(new NetworkError("no response"))).toMatch(/^Couldn't reach/);
  expect(explainToGuest(new HttpError(429, "too_many_requests", "", 61_000))).toBe("Try again in 2 minutes.");
  expect(explainToGuest(new HttpError(503, "unavailable", ""))).toMatch(/busy/);
});

it("explains to guests why a download was not prepared", () => {
  expect(explainDownloadError(new HttpError(409, "conflict", ""), true)).toMatch(/too often today/);
  expect(explainDownloadError(new HttpError(400, "too_many_photos", ""), true)).toMatch(/too many photos/);
  expect(explainDownloadError(new HttpError(503, "unavailable", ""), true)).toMatch(/busy/);
});

it("counts minutes up", () => {
  expect([0, 1, 60_000, 60_001].map(minutesOf)).toEqual([1, 1, 1, 2]);
});

it("describes a photo by its caption, or by its date", () => {
  expect(describePhoto({ caption: "The lake", taken_local: "2026-08-12T10:00:00.000" })).toBe("The lake");
  expect(describePhoto({ caption: "", taken_local: "2026-08-12T10:00:00.000" })).toBe("Photo from Aug 12, 2026");
  expect(describePhoto({ caption: "", taken_local: null })).toBe("Photo");
});
