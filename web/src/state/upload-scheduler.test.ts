import { describe, expect, it } from "vitest";

import { HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { UploadQueue } from "./upload-queue.ts";
import { type KnownDuplicate, type UploadTicket, UploadScheduler } from "./upload-scheduler.ts";

interface FakeFile {
  readonly name: string;
  readonly size: number;
}

const WISHES = { tags: [], status: "private" } as const;
const HOUR = 3_600_000;
const refusedByBucket = (status: number) => new HttpError(status, "bucket", "");

/** A transfer whose tickets and bytes arrive when, and as, the test says; at once unless `holds`. */
function transferring() {
  const clock = new FakeClock();
  const queue = new UploadQueue<FakeFile>();
  const told: string[] = [];
  const asked: string[] = [];
  /** Files put into the bucket, with the photo each was put as. */
  const put: string[] = [];
  const bytes: { pending: Deferred<null>; name: string; progress: (sent: number) => void; stop: AbortSignal }[] = [];
  const state = {
    online: true, holds: false, life: HOUR,
    lineChanged: (): void => undefined,
    ticket: null as (() => Error | KnownDuplicate | null) | null,
    bucket: null as (() => Error | null) | null,
  };
  const transfer = new UploadScheduler<FakeFile>(
    queue,
    {
      createTicket: ({ file }) => {
        asked.push(file.name);
        const answer = state.ticket?.() ?? null;
        if (answer instanceof Error) return Promise.reject(answer);
        const expires_at = new Date(clock.now() + state.life).toISOString();
        return Promise.resolve(answer ?? { photo_id: `photo-${asked.length}`, upload: { method: "POST", url: "", fields: {} }, expires_at });
      },
      send: async ({ photo_id }: UploadTicket, file, progress, stop) => {
        const problem = state.bucket?.() ?? null;
        if (problem !== null) throw problem;
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
        state.lineChanged = changed;
      },
    },
    clock,
    {
      onUploaded: ({ file }) => told.push(`${file.name} stored`),
      onFailed: ({ file }) => told.push(`${file.name} failed`),
      onDuplicate: ({ file }) => told.push(`${file.name} known`),
    },
  );
  const send = async (...names: string[]) => {
    transfer.send(queue.add(names.map((name) => ({ name, size: 100 })), WISHES));
    await flushPromises();
  };
  const line = async (online: boolean) => {
    state.online = online;
    state.lineChanged();
    await flushPromises();
  };
  const stages = () => queue.uploads.map(({ stage }) => stage);
  const id = (name: string) => queue.uploads.find(({ file }) => file.name === name)?.id ?? "";
  return { clock, queue, transfer, state, told, asked, put, bytes, send, line, stages, id };
}

describe("sending", () => {
  it("moves each file once, some at a time, with a ticket of its own", async () => {
    const { state, bytes, put, asked, told, send, stages } = transferring();
    state.holds = true;
    await send("a", "b", "c", "d", "e", "f");
    expect(stages()).toEqual(["sending", "sending", "sending", "sending", "waiting", "waiting"]);
    expect(asked).toEqual(["a", "b", "c", "d"]);
    for (let each = 0; each < 6; each += 1) {
      bytes[each]?.pending.resolve(null);
      await flushPromises();
    }
    expect(stages()).toEqual(Array(6).fill("processing"));
    expect(put).toEqual(["a", "b", "c", "d", "e", "f"].map((name, place) => `${name} as photo-${place + 1}`));
    expect(told).toContain("f stored");
  });

  it("tells how many bytes have left", async () => {
    const { queue, state, bytes, send, id } = transferring();
    state.holds = true;
    await send("a");
    bytes[0]?.progress(40);
    expect(queue.get(id("a")).sent).toBe(40);
  });

  it("sends nothing that the library has", async () => {
    const { queue, state, put, told, send, id } = transferring();
    state.ticket = () => ({ duplicate_of: "p0" });
    await send("a");
    expect(queue.get(id("a"))).toMatchObject({ stage: "duplicate", duplicateOf: "p0" });
    expect([put, told]).toEqual([[], ["a known"]]);
  });

  it("stops what is taken off the list, and begins the next", async () => {
    const { queue, transfer, state, bytes, send, id, stages } = transferring();
    state.holds = true;
    await send("a", "b", "c", "d", "e");
    const gone = id("a");
    queue.remove(gone);
    transfer.forget(gone);
    expect(bytes[0]?.stop.aborted).toBe(true);
    bytes[0]?.pending.reject(new NetworkError());
    await flushPromises();
    expect(stages()).toEqual(Array(4).fill("sending"));
  });

  it("leaves to its person what cannot pass by itself, in the library's words", async () => {
    const { queue, state, told, send, id } = transferring();
    state.ticket = () => new HttpError(400, "invalid", "The name is too long.");
    await send("a");
    state.ticket = () => new SignedOutError();
    await send("b");
    state.ticket = null;
    state.bucket = () => refusedByBucket(400);
    await send("c");
    expect(queue.get(id("a")).reason).toBe("The name is too long.");
    expect(queue.get(id("b")).reason).toMatch(/signed out/);
    expect(queue.get(id("c")).reason).toMatch(/^Upload failed/);
    expect(told).toEqual(["a failed", "b failed", "c failed"]);
  });
});

describe("a line that is gone", () => {
  it("lets everything wait, and go on by itself, each file to the place it was given", async () => {
    const { queue, state, bytes, put, asked, send, line, stages } = transferring();
    state.holds = true;
    await send("a", "b", "c", "d", "e");
    state.online = false;
    for (const { pending } of bytes) pending.reject(new NetworkError());
    await flushPromises();
    await line(false);
    expect(stages()).toEqual(Array(5).fill("waiting"));
    expect(queue.offline).toBe(true);
    state.holds = false;
    await line(true);
    expect(queue.offline).toBe(false);
    expect(stages()).toEqual(Array(5).fill("processing"));
    expect(put.toSorted()).toEqual(["a as photo-1", "b as photo-2", "c as photo-3", "d as photo-4", "e as photo-5"]);
    expect(asked).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("is not tried by files that come meanwhile", async () => {
    const { queue, asked, send, line, stages } = transferring();
    await line(false);
    await send("a");
    expect([asked, stages(), queue.offline]).toEqual([[], ["waiting"], true]);
    await line(true);
    expect(stages()).toEqual(["processing"]);
  });

  it("may have let all bytes through before it went: then they are not another photo", async () => {
    const { clock, state, put, told, send, line, stages } = transferring();
    state.bucket = () => {
      state.online = false;
      return new NetworkError();
    };
    await send("a");
    await clock.advance(HOUR);
    state.bucket = null;
    state.ticket = () => ({ duplicate_of: "photo-1" });
    await line(true);
    expect([stages(), told, put]).toEqual([["processing"], ["a stored"], []]);
  });

  it("is tried ever less often where the browser calls it good, and given up at last", async () => {
    const { clock, queue, state, asked, told, send, id } = transferring();
    state.ticket = () => new NetworkError();
    await send("a");
    expect(queue.offline).toBe(true);
    await clock.advance(29_000);
    expect(asked).toHaveLength(5);
    expect(told).toEqual([]);
    await clock.advance(1000);
    expect(queue.get(id("a"))).toMatchObject({ stage: "failed" });
    expect(queue.get(id("a")).reason).toMatch(/connection/);
  });

  it("does not count attempts while there was none at all", async () => {
    const { clock, queue, state, send, line, stages } = transferring();
    for (let each = 0; each < 12; each += 1) {
      state.bucket = () => {
        state.online = false;
        return new NetworkError();
      };
      if (each === 0) await send("a");
      else await line(true);
    }
    state.bucket = () => new NetworkError();
    await line(true);
    expect(stages()).toEqual(["waiting"]);
    state.bucket = null;
    await clock.advance(1000);
    expect([stages(), queue.offline]).toEqual([["processing"], false]);
  });
});

describe("a ticket", () => {
  it("is good for another attempt as long as it has not run out", async () => {
    const { clock, state, asked, put, send, line } = transferring();
    state.bucket = () => {
      state.online = false;
      return new NetworkError();
    };
    await send("a");
    state.bucket = null;
    await clock.advance(HOUR - 60_000);
    await line(true);
    expect(asked).toEqual(["a", "a"]);
    expect(put).toEqual(["a as photo-2"]);
  });

  it("that the bucket takes no more is replaced by itself, once", async () => {
    const { queue, transfer, state, asked, put, told, send, id } = transferring();
    const answers = [refusedByBucket(403), null, refusedByBucket(403), refusedByBucket(403)];
    state.bucket = () => answers.shift() ?? null;
    await send("a");
    expect([asked, put, told]).toEqual([["a", "a"], ["a as photo-2"], ["a stored"]]);
    await send("b");
    expect(queue.get(id("b")).stage).toBe("failed");
    queue.retry(id("b"));
    transfer.send([queue.get(id("b"))]);
    await flushPromises();
    expect(put).toEqual(["a as photo-2", "b as photo-5"]);
  });
});

describe("a library that is busy", () => {
  it("is given the time it asks for, and nothing else leaves meanwhile", async () => {
    const { clock, queue, state, asked, put, send } = transferring();
    state.ticket = () => new HttpError(429, "busy", "", 7000);
    await send("a");
    state.ticket = null;
    await send("b");
    await clock.advance(6999);
    expect([asked, queue.offline]).toEqual([["a"], false]);
    await clock.advance(1);
    expect(put).toEqual(["a as photo-2", "b as photo-3"]);
  });
});
