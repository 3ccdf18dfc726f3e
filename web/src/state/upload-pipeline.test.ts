import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { ProcessingPoller } from "./processing-poller.ts";
import { UploadAnnouncer } from "./upload-announcements.ts";
import { UploadPipeline, type Uploader, type UploaderCallbacks } from "./upload-pipeline.ts";
import { type Upload, UploadQueue } from "./upload-queue.ts";

interface FakeFile {
  readonly name: string;
  readonly size: number;
}

const WISHES = { tags: [], status: "private", album: null } as const;
const busy = (id: string) => makePhoto(id, 1, { state: "processing" });
const file = (name: string): FakeFile => ({ name, size: 10 });

/** A pipeline whose uploads succeed at once, as photos named after their files. */
function createPipeline() {
  const clock = new FakeClock();
  const queue = new UploadQueue<FakeFile>();
  const library = new Map<string, Photo | null>();
  const ready: Photo[] = [];
  const rejected: Photo[] = [];
  const announced: string[] = [];
  const forgotten: string[] = [];
  const state = { working: true };

  class FakeUploader implements Uploader<FakeFile> {
    readonly #reports: UploaderCallbacks<FakeFile>;

    constructor(reports: UploaderCallbacks<FakeFile>) {
      this.#reports = reports;
    }

    send(uploads: readonly Upload<FakeFile>[]): void {
      for (const { id, file } of uploads) {
        queue.signing(id);
        queue.sending(id, file.name);
        if (state.working) queue.uploaded(id);
        else queue.failed(id, "why", file.name !== "final");
        this.#reports[state.working ? "onUploaded" : "onFailed"](queue.get(id));
      }
    }

    forget(id: string): void {
      forgotten.push(id);
    }

    resumeSignedIn(): void {
      state.working = true;
    }
  }

  const pipeline = new UploadPipeline<FakeFile>({
    queue,
    announcer: new UploadAnnouncer((sentences) => announced.push(sentences), clock),
    createUploader: (reports) => new FakeUploader(reports),
    createPoller: (onSettled) =>
      new ProcessingPoller(
        {
          recentPhotos: () => Promise.resolve([]),
          getPhoto: (id) => Promise.resolve(library.get(id) === undefined ? busy(id) : (library.get(id) ?? null)),
        },
        onSettled,
        clock,
      ),
    onSettled: (found) => (found.state === "ready" ? ready : rejected).push(found),
  });
  const stages = () => queue.uploads.map(({ stage }) => stage);
  return { pipeline, clock, queue, library, ready, rejected, announced, forgotten, state, stages };
}

describe("UploadPipeline", () => {
  it("follows each file until it is processed and announces it", async () => {
    const { pipeline, clock, queue, library, ready, rejected, announced, stages } = createPipeline();
    pipeline.add(["ok", "bad", "twin", "gone"].map(file), WISHES);
    expect(stages()).toEqual(Array(4).fill("processing"));
    await clock.advance(1000);
    library.set("ok", makePhoto("ok"));
    library.set("bad", makePhoto("bad", 1, { state: "rejected", reason: "This is not a picture." }));
    library.set("twin", makePhoto("twin", 1, { state: "duplicate", duplicate_of: "first" }));
    library.set("gone", null);
    await clock.advance(2000);
    expect(stages()).toEqual(["ready", "rejected", "duplicate", "failed"]);
    expect(queue.uploads[1]?.reason).toBe("This is not a picture.");
    expect(queue.uploads[2]?.duplicateOf).toBe("first");
    expect(photoIds(ready)).toEqual(["ok"]);
    expect(photoIds(rejected)).toEqual(["bad"]);
    expect(announced).toEqual([
      "Uploading 4 photos.",
      "1 photo added to your library. 1 photo was already in your library. " +
        "bad couldn't be processed: This is not a picture. gone failed to upload.",
    ]);
  });

  it("retries one failed upload or all", async () => {
    const { pipeline, clock, queue, announced, state, stages } = createPipeline();
    state.working = false;
    pipeline.add(["a", "b", "final"].map(file), WISHES);
    expect(stages()).toEqual(["failed", "failed", "failed"]);
    state.working = true;
    pipeline.retry([queue.uploads[1]?.id ?? ""]);
    expect(stages()).toEqual(["failed", "processing", "failed"]);
    pipeline.retryAll();
    expect(stages()).toEqual(["processing", "processing", "failed"]);
    await clock.advance(1000);
    expect(announced[0]).toContain("b failed to upload.");
  });

  it("makes room for new files when all others are done, and clears everything on request", async () => {
    const { pipeline, clock, queue, library, stages } = createPipeline();
    library.set("a", makePhoto("a"));
    pipeline.add([file("a")], WISHES);
    pipeline.add([file("b")], WISHES);
    await clock.advance(1000);
    expect(stages()).toEqual(["ready", "processing"]);
    library.set("b", null);
    await clock.advance(2000);
    pipeline.add([file("c")], WISHES);
    expect(stages()).toEqual(["failed", "processing"]);
    pipeline.clear();
    expect(queue.uploads.map(({ file: { name } }) => name)).toEqual(["c"]);
  });

  it("sends the files with the same bytes as one that is removed before it is sent", () => {
    const { pipeline, queue, stages } = createPipeline();
    const [first, ...others] = queue.add(["a", "b", "c"].map(file), WISHES);
    for (const { id } of others) queue.signing(id);
    for (const { id } of others) queue.sameAs(id, first?.id ?? "");
    pipeline.remove(first?.id ?? "");
    expect(stages()).toEqual(["processing", "processing"]);
  });

  it("discards a removed upload and still reports its photo", async () => {
    const { pipeline, clock, queue, library, ready, forgotten } = createPipeline();
    pipeline.add([file("a")], WISHES);
    const id = queue.uploads[0]?.id ?? "";
    pipeline.remove(id);
    expect(forgotten).toEqual([id]);
    library.set("a", makePhoto("a"));
    await clock.advance(1000);
    await flushPromises();
    expect(photoIds(ready)).toEqual(["a"]);
  });
});
