import { beforeEach, describe, expect, it } from "vitest";

import { FileReadError, HttpError, NetworkError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { canRetry, type GuestUploadApi, GuestUploads, type GuestUploadState } from "./guest-uploads.ts";
import type { ChosenFile } from "./upload-validation.ts";

const file = (name: string, size = 100, type = "image/jpeg"): ChosenFile => ({ name, size, type });

class FakeApi implements GuestUploadApi<ChosenFile> {
  readonly tickets: string[] = [];
  readonly sent: string[] = [];
  /** Errors of the next tickets and of the next files sent. */
  ticketErrors: Error[] = [];
  sendErrors: Error[] = [];
  gate: Deferred<undefined> | null = null;
  state: GuestUploadState | Error = { state: "ready", reason: null };
  lifetime = 3_600_000;
  /** The content of files, by name; by default each has another one. Null: the file cannot be read. */
  contents: Record<string, string | null> = {};

  hash({ name }: ChosenFile) {
    const content = this.contents[name];
    return content === null ? Promise.reject(new FileReadError()) : Promise.resolve(content ?? name);
  }

  async checkReadable(read: ChosenFile) {
    await this.hash(read);
  }

  createUpload(name: string, filename: string, bytes: number) {
    this.tickets.push(`${name}: ${filename}, ${bytes}`);
    const error = this.ticketErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    const ticket = {
      photo_id: `p${this.tickets.length}`,
      upload: { method: "POST" as const, url: "", fields: {} },
      expires_at: new Date(this.lifetime).toISOString(),
    };
    return Promise.resolve(ticket);
  }

  async send({ photo_id: photoId }: { photo_id: string }, { size }: ChosenFile, onProgress: (sent: number) => void): Promise<void> {
    onProgress(size / 2);
    await this.gate?.promise;
    const error = this.sendErrors.shift();
    if (error !== undefined) throw error;
    this.sent.push(photoId);
  }

  getUpload() {
    return this.state instanceof Error ? Promise.reject(this.state) : Promise.resolve(this.state);
  }
}

let clock: FakeClock;
let api: FakeApi;
let uploads: GuestUploads<ChosenFile>;
let settled: number;

const stages = () => uploads.items.map(({ stage }) => stage);

beforeEach(() => {
  [clock, api, settled] = [new FakeClock(), new FakeApi(), 0];
  uploads = new GuestUploads(api, clock, 1000, () => (settled += 1));
  uploads.setGuestName("Anna");
});

it("uploads a file in the guest's name until it is in the album", async () => {
  uploads.add([file("a.jpg")]);
  await clock.advance(0);
  expect([stages(), api.tickets, uploads.isSending]).toEqual([["processing"], ["Anna: a.jpg, 100"], false]);
  await clock.advance(1000);
  expect([stages(), settled]).toEqual([["ready"], 1]);
});

it("sends three files at once and reports their progress", async () => {
  api.gate = new Deferred();
  uploads.add(["a.jpg", "b.jpg", "c.jpg", "d.jpg"].map((name) => file(name)));
  await clock.advance(0);
  expect([stages(), uploads.items[0]?.sent, uploads.isSending]).toEqual([["sending", "sending", "sending", "waiting"], 50, true]);
  api.gate.resolve(undefined);
  await clock.advance(0);
  expect(stages()).toEqual(["processing", "processing", "processing", "processing"]);
});

it("refuses what is no photo, empty, or too large", () => {
  const files = [file("notes.pdf", 10, "application/pdf"), file("huge.jpg", 1001), file("none.jpg", 0), file("clip.mov", 10, "")];
  uploads.add(files);
  expect(uploads.items.map(({ stage, problem }) => `${stage}: ${problem ?? ""}`)).toEqual([
    "refused: not-photo",
    "refused: too-large",
    "refused: empty",
    "refused: video",
  ]);
  expect(api.tickets).toEqual([]);
});

it("sends the same bytes once, in one go and later", async () => {
  api.contents = { "a.jpg": "x", "b.jpg": "x", "c.jpg": "x" };
  uploads.add([file("a.jpg"), file("b.jpg")]);
  await clock.advance(1000);
  uploads.add([file("c.jpg")]);
  await clock.advance(0);
  expect([stages(), api.sent]).toEqual([["ready", "same-file", "same-file"], ["p1"]]);
});

it("sends the same bytes again after the first file has failed", async () => {
  api.contents = { "a.jpg": "x", "b.jpg": "x" };
  api.ticketErrors = [new HttpError(400, "invalid", "")];
  uploads.add([file("a.jpg")]);
  await clock.advance(0);
  uploads.add([file("b.jpg")]);
  await clock.advance(0);
  expect(stages()).toEqual(["failed", "processing"]);
});

it("says of a file that cannot be read that a retry is no use", async () => {
  api.contents = { "a.jpg": null };
  uploads.add([file("a.jpg")]);
  await clock.advance(0);
  expect([stages(), uploads.items.some(canRetry), api.tickets]).toEqual([["failed"], false, []]);
  uploads.retry();
  expect(stages()).toEqual(["failed"]);
});

it("retries what may succeed", () => {
  const errors = [new NetworkError(), new HttpError(403, "bucket", ""), new HttpError(409, "conflict", ""), new HttpError(410, "gone", "")];
  expect(errors.map((error) => canRetry({ stage: "failed", error }))).toEqual([true, true, true, false]);
});

describe("after an error", () => {
  it("that may pass, the same ticket is used again", async () => {
    api.sendErrors = [new NetworkError("no response")];
    uploads.add([file("a.jpg")]);
    await clock.advance(1000);
    expect([api.tickets.length, api.sent]).toEqual([1, ["p1"]]);
  });

  it("a ticket that has expired is not used again", async () => {
    api.lifetime = 60_500;
    api.sendErrors = [new NetworkError("no response")];
    uploads.add([file("a.jpg")]);
    await clock.advance(1000);
    expect(api.sent).toEqual(["p2"]);
  });

  it("that stays, the file has failed until the guest tries again", async () => {
    api.ticketErrors = [new HttpError(409, "conflict", "full")];
    uploads.add([file("a.jpg")]);
    await clock.advance(60_000);
    expect([stages(), uploads.items[0]?.error]).toMatchObject([["failed"], { status: 409 }]);
    uploads.retry();
    await clock.advance(0);
    expect(stages()).toEqual(["processing"]);
  });

  it("gives up after a few attempts", async () => {
    api.ticketErrors = Array.from({ length: 5 }, () => new NetworkError("no response"));
    uploads.add([file("a.jpg")]);
    await clock.advance(60_000);
    expect([stages(), api.tickets.length]).toEqual([["failed"], 5]);
  });
});

it("says what became of a photo", async () => {
  for (const [state, stage] of [
    [{ state: "pending", reason: null }, "pending"],
    [{ state: "rejected", reason: "Not an image." }, "rejected"],
    [new HttpError(404, "not_found", ""), "rejected"],
  ] as const) {
    api.state = state;
    uploads.add([file(`${uploads.items.length}.jpg`)]);
    await clock.advance(1000);
    expect(stages().at(-1)).toBe(stage);
  }
  expect([uploads.items[1]?.reason, settled]).toEqual(["Not an image.", 0]);
});

it("asks again while a photo is in processing, and after an error", async () => {
  api.state = { state: "processing", reason: null };
  uploads.add([file("a.jpg")]);
  await clock.advance(5000);
  api.state = new NetworkError("no response");
  await clock.advance(10_000);
  expect(stages()).toEqual(["processing"]);
  api.state = { state: "ready", reason: null };
  await clock.advance(10_000);
  expect(stages()).toEqual(["ready"]);
});
