import { describe, expect, it } from "vitest";

import { FileReadError, HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import { UploadQueue } from "./upload-queue.ts";
import { type KnownDuplicate, type UploadTicket, UploadScheduler } from "./upload-scheduler.ts";

interface FakeFile {
  readonly name: string;
  readonly size: number;
}

const WISHES = { tags: [], status: "private", album: null } as const;
const HOUR = 3_600_000;
const refusedByBucket = (status: number) => new HttpError(status, "bucket", "");

/** A scheduler with a fake API and S3: uploads succeed at once unless `holds`. */
function createScheduler() {
  const clock = new FakeClock();
  const queue = new UploadQueue<FakeFile>();
  const reported: string[] = [];
  const requested: string[] = [];
  /** Uploaded files with their photo ids. */
  const put: string[] = [];
  const bytes: { pending: Deferred<null>; name: string; progress: (sent: number) => void; stop: AbortSignal }[] = [];
  const state = {
    online: true,
    holds: false,
    life: HOUR,
    networkChanged: (): void => undefined,
    ticket: null as (() => Error | KnownDuplicate | null) | null,
    bucket: null as (() => Error | null) | null,
    /** The content of files, by name; by default each has another one. Null: the file cannot be read. */
    contents: {} as Record<string, string | null>,
  };
  const read = (name: string) => {
    const content = state.contents[name];
    return content === null ? Promise.reject(new FileReadError()) : Promise.resolve(content ?? name);
  };
  const scheduler = new UploadScheduler<FakeFile>(
    queue,
    {
      hash: ({ name }) => read(name),
      checkReadable: async ({ name }) => {
        await read(name);
      },
      createTicket: ({ file }) => {
        requested.push(file.name);
        const response = state.ticket?.() ?? null;
        if (response instanceof Error) return Promise.reject(response);
        const expires_at = new Date(clock.now() + state.life).toISOString();
        return Promise.resolve(
          response ?? { photo_id: `photo-${requested.length}`, upload: { method: "POST", url: "", fields: {} }, expires_at },
        );
      },
      send: async ({ photo_id }: UploadTicket, file, progress, stop) => {
        const error = state.bucket?.() ?? null;
        if (error !== null) throw error;
        const pending = new Deferred<null>();
        bytes.push({ pending, name: file.name, progress, stop });
        if (!state.holds) pending.resolve(null);
        await pending.promise;
        put.push(`${file.name} as ${photo_id}`);
      },
    },
    {
      get online() {
        return state.online;
      },
      watch: (changed) => {
        state.networkChanged = changed;
      },
    },
    clock,
    {
      onUploaded: ({ file }) => reported.push(`${file.name} stored`),
      onFailed: ({ file }) => reported.push(`${file.name} failed`),
      onDuplicate: ({ file }) => reported.push(`${file.name} known`),
    },
  );
  const send = async (...names: string[]) => {
    scheduler.send(
      queue.add(
        names.map((name) => ({ name, size: 100 })),
        WISHES,
      ),
    );
    await flushPromises();
  };
  const setOnline = async (online: boolean) => {
    state.online = online;
    state.networkChanged();
    await flushPromises();
  };
  const stages = () => queue.uploads.map(({ stage }) => stage);
  const id = (name: string) => queue.uploads.find(({ file }) => file.name === name)?.id ?? "";
  return { clock, queue, scheduler, state, reported, requested, put, bytes, send, setOnline, stages, id };
}

describe("sending", () => {
  it("uploads each file once, a few at a time, each with its own ticket", async () => {
    const { state, bytes, put, requested, reported, send, stages } = createScheduler();
    state.holds = true;
    await send("a", "b", "c", "d", "e", "f");
    expect(stages()).toEqual(["sending", "sending", "sending", "sending", "waiting", "waiting"]);
    expect(requested).toEqual(["a", "b", "c", "d"]);
    for (let each = 0; each < 6; each += 1) {
      bytes[each]?.pending.resolve(null);
      await flushPromises();
    }
    expect(stages()).toEqual(Array(6).fill("processing"));
    expect(put).toEqual(["a", "b", "c", "d", "e", "f"].map((name, index) => `${name} as photo-${index + 1}`));
    expect(reported).toContain("f stored");
  });

  it("reports the bytes sent", async () => {
    const { queue, state, bytes, send, id } = createScheduler();
    state.holds = true;
    await send("a");
    bytes[0]?.progress(40);
    expect(queue.get(id("a")).sent).toBe(40);
  });

  it("does not send files that the library has", async () => {
    const { queue, state, put, reported, send, id } = createScheduler();
    state.ticket = () => ({ duplicate_of: "p0" });
    await send("a");
    expect(queue.get(id("a"))).toMatchObject({ stage: "duplicate", duplicateOf: "p0" });
    expect([put, reported]).toEqual([[], ["a known"]]);
  });

  it("stops a removed upload and starts the next one", async () => {
    const { queue, scheduler, state, bytes, send, id, stages } = createScheduler();
    state.holds = true;
    await send("a", "b", "c", "d", "e");
    const gone = id("a");
    queue.remove(gone);
    scheduler.forget(gone);
    expect(bytes[0]?.stop.aborted).toBe(true);
    bytes[0]?.pending.reject(new NetworkError());
    await flushPromises();
    expect(stages()).toEqual(Array(4).fill("sending"));
  });

  it("fails on a permanent error with the API's message", async () => {
    const { queue, state, reported, send, id } = createScheduler();
    state.ticket = () => new HttpError(400, "invalid", "The name is too long.");
    await send("a");
    state.ticket = null;
    state.bucket = () => refusedByBucket(400);
    await send("b");
    expect(queue.get(id("a"))).toMatchObject({ reason: "The name is too long.", canRetry: false });
    expect(queue.get(id("b"))).toMatchObject({ reason: expect.stringMatching(/^Upload failed/) as string, canRetry: true });
    expect(reported).toEqual(["a failed", "b failed"]);
  });
});

describe("files with the same bytes", () => {
  it("that are chosen together are sent once", async () => {
    const { queue, state, put, requested, reported, send, id } = createScheduler();
    state.contents = { a: "x", b: "x" };
    await send("a", "b");
    expect([requested, put]).toEqual([["a"], ["a as photo-1"]]);
    expect(queue.get(id("b"))).toMatchObject({ stage: "duplicate", sameFile: id("a"), duplicateOf: null });
    expect(reported).toContain("b known");
  });

  it("are told apart from those that the library had, also when the first one is done", async () => {
    const { queue, state, send, id } = createScheduler();
    await send("a");
    queue.ready(id("a"), makePhoto("photo-1"));
    state.ticket = () => ({ duplicate_of: "photo-1" });
    await send("b");
    expect(queue.get(id("b"))).toMatchObject({ sameFile: id("a"), duplicateOf: null });
    state.ticket = () => ({ duplicate_of: "photo-0" });
    await send("c");
    expect(queue.get(id("c"))).toMatchObject({ sameFile: null, duplicateOf: "photo-0" });
  });

  it("are sent again after the first one has failed", async () => {
    const { queue, state, put, send, id } = createScheduler();
    state.contents = { a: "x", b: "x" };
    state.bucket = () => refusedByBucket(400);
    await send("a");
    state.bucket = null;
    await send("b");
    expect([queue.get(id("a")).stage, put]).toEqual(["failed", ["b as photo-2"]]);
  });
});

describe("a file that cannot be read", () => {
  it("fails without a request, and a retry is no use", async () => {
    const { queue, state, requested, send, id } = createScheduler();
    state.contents = { a: null };
    await send("a");
    expect(queue.get(id("a"))).toMatchObject({
      stage: "failed",
      canRetry: false,
      reason: expect.stringMatching(/can't be read/) as string,
    });
    expect(requested).toEqual([]);
  });

  it("fails at the next attempt if it disappears while it is sent", async () => {
    const { clock, queue, state, send, id } = createScheduler();
    state.bucket = () => {
      state.contents = { a: null };
      return new NetworkError();
    };
    await send("a");
    expect(queue.get(id("a")).stage).toBe("waiting");
    await clock.advance(1000);
    expect(queue.get(id("a"))).toMatchObject({ stage: "failed", canRetry: false });
  });
});

describe("after the session has ended", () => {
  it("uploads wait until the user is signed in again", async () => {
    const { clock, queue, scheduler, state, put, requested, reported, send, setOnline, stages } = createScheduler();
    state.ticket = () => new SignedOutError();
    await send("a", "b", "c", "d", "e");
    expect([stages(), queue.pause, reported]).toEqual([Array(5).fill("waiting"), "signed-out", []]);
    await clock.advance(HOUR);
    expect(requested).toHaveLength(4);
    state.ticket = null;
    scheduler.resumeSignedIn();
    await flushPromises();
    expect([queue.pause, put.length]).toEqual([null, 5]);
    await setOnline(false);
    scheduler.resumeSignedIn();
    expect(queue.pause).toBe("offline");
  });
});

describe("offline", () => {
  it("makes uploads wait, and continues them with the same tickets", async () => {
    const { queue, state, bytes, put, requested, send, setOnline, stages } = createScheduler();
    state.holds = true;
    await send("a", "b", "c", "d", "e");
    state.online = false;
    for (const { pending } of bytes) pending.reject(new NetworkError());
    await flushPromises();
    await setOnline(false);
    expect(stages()).toEqual(Array(5).fill("waiting"));
    expect(queue.pause).toBe("offline");
    state.holds = false;
    await setOnline(true);
    expect(queue.pause).toBeNull();
    expect(stages()).toEqual(Array(5).fill("processing"));
    expect(put.toSorted()).toEqual(["a as photo-1", "b as photo-2", "c as photo-3", "d as photo-4", "e as photo-5"]);
    expect(requested).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("does not start added files", async () => {
    const { queue, requested, send, setOnline, stages } = createScheduler();
    await setOnline(false);
    await send("a");
    expect([requested, stages(), queue.pause]).toEqual([[], ["waiting"], "offline"]);
    await setOnline(true);
    expect(stages()).toEqual(["processing"]);
  });

  it("does not create a second photo if all bytes had arrived", async () => {
    const { clock, state, put, reported, send, setOnline, stages } = createScheduler();
    state.bucket = () => {
      state.online = false;
      return new NetworkError();
    };
    await send("a");
    await clock.advance(HOUR);
    state.bucket = null;
    state.ticket = () => ({ duplicate_of: "photo-1" });
    await setOnline(true);
    expect([stages(), reported, put]).toEqual([["processing"], ["a stored"], []]);
  });

  it("retries less and less often while requests fail, then gives up", async () => {
    const { clock, queue, state, requested, reported, send, id } = createScheduler();
    state.ticket = () => new NetworkError();
    await send("a");
    expect(queue.pause).toBe("offline");
    await clock.advance(29_000);
    expect(requested).toHaveLength(5);
    expect(reported).toEqual([]);
    await clock.advance(1000);
    expect(queue.get(id("a"))).toMatchObject({ stage: "failed" });
    expect(queue.get(id("a")).reason).toMatch(/connection/);
  });

  it("does not count attempts while the device is offline", async () => {
    const { clock, queue, state, send, setOnline, stages } = createScheduler();
    for (let each = 0; each < 12; each += 1) {
      state.bucket = () => {
        state.online = false;
        return new NetworkError();
      };
      if (each === 0) await send("a");
      else await setOnline(true);
    }
    state.bucket = () => new NetworkError();
    await setOnline(true);
    expect(stages()).toEqual(["waiting"]);
    state.bucket = null;
    await clock.advance(1000);
    expect([stages(), queue.pause]).toEqual([["processing"], null]);
  });
});

describe("a ticket", () => {
  it("is reused for a retry until it expires", async () => {
    const { clock, state, requested, put, send, setOnline } = createScheduler();
    state.bucket = () => {
      state.online = false;
      return new NetworkError();
    };
    await send("a");
    state.bucket = null;
    await clock.advance(HOUR - 60_000);
    await setOnline(true);
    expect(requested).toEqual(["a", "a"]);
    expect(put).toEqual(["a as photo-2"]);
  });

  it("is replaced once after S3 rejects it", async () => {
    const { queue, scheduler, state, requested, put, reported, send, id } = createScheduler();
    const responses = [refusedByBucket(403), null, refusedByBucket(403), refusedByBucket(403)];
    state.bucket = () => responses.shift() ?? null;
    await send("a");
    expect([requested, put, reported]).toEqual([["a", "a"], ["a as photo-2"], ["a stored"]]);
    await send("b");
    expect(queue.get(id("b")).stage).toBe("failed");
    queue.retry(id("b"));
    scheduler.send([queue.get(id("b"))]);
    await flushPromises();
    expect(put).toEqual(["a as photo-2", "b as photo-5"]);
  });
});

describe("a busy API", () => {
  it("pauses all uploads for its Retry-After", async () => {
    const { clock, queue, state, requested, put, send } = createScheduler();
    state.ticket = () => new HttpError(429, "busy", "", 7000);
    await send("a");
    state.ticket = null;
    await send("b");
    await clock.advance(6999);
    expect([requested, queue.pause]).toEqual([["a"], null]);
    await clock.advance(1);
    expect(put).toHaveLength(2);
  });
});

describe("a full disk", () => {
  it.each(["ticket", "bucket"] as const)("fails the upload at once, with the reason (%s)", async (where) => {
    const { queue, state, put, reported, send, id } = createScheduler();
    state[where] = () => new HttpError(507, where === "bucket" ? "bucket" : "storage_full", "");
    await send("a");
    expect([queue.get(id("a")).stage, queue.get(id("a")).reason, reported]).toEqual([
      "failed",
      expect.stringMatching(/disk .* full/),
      ["a failed"],
    ]);
    state[where] = null;
    await send("b");
    expect(put).toHaveLength(1);
  });
});
