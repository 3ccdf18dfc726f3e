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
        else queue.failed(id, "why");
        this.#reports[state.working ? "onUploaded" : "onFailed"](queue.get(id));
      }
    }

    forget(id: string): void {
      forgotten.push(id);
    }
  }

  const pipeline = new UploadPipeline<FakeFile>({
    queue,
    announcer: new UploadAnnouncer((sentences) => announced.push(sentences), clock),
    createUploader: (reports) => new FakeUploader(reports),
    createPoller: (onSettled) =>
      new ProcessingPoller(
        {
          newestPhotos: () => Promise.resolve([]),
          getPhoto: (id) => Promise.resolve(library.get(id) === undefined ? busy(id) : (library.get(id) ?? null)),
        },
        onSettled,
        clock,
      ),
    onReady: (found) => ready.push(found),
    onRejected: (found) => rejected.push(found),
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
        "bad couldn't be processed: This is not a picture. gone failed to upload. You can retry it.",
    ]);
  });

  it("retries one failed upload or all", async () => {
    const { pipeline, clock, queue, announced, state, stages } = createPipeline();
    state.working = false;
    pipeline.add(["a", "b", "c"].map(file), WISHES);
    expect(stages()).toEqual(["failed", "failed", "failed"]);
    state.working = true;
    pipeline.retry([queue.uploads[1]?.id ?? ""]);
    expect(stages()).toEqual(["failed", "processing", "failed"]);
    pipeline.retryAll();
    expect(stages()).toEqual(Array(3).fill("processing"));
    await clock.advance(1000);
    expect(announced[0]).toContain("b failed to upload. You can retry it.");
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
