import { describe, expect, it } from "vitest";

import { Announcer } from "./announcements.ts";
import { FakeClock, settled } from "./fakes/clock.ts";
import { ids, photo } from "./fakes/photos.ts";
import { Intake, type Mover, type MoverReports } from "./intake.ts";
import type { Photo } from "./photo.ts";
import { type Upload, UploadQueue } from "./queue.ts";
import { ProcessingWatch } from "./watch.ts";

interface FakeFile {
  readonly name: string;
  readonly size: number;
}

const WISHES = { tags: [], status: "private" } as const;
const busy = (id: string) => photo(id, 1, { state: "processing" });
const file = (name: string): FakeFile => ({ name, size: 10 });

/** An intake whose bytes arrive at once, as photos named after their files. */
function intake() {
  const clock = new FakeClock();
  const queue = new UploadQueue<FakeFile>();
  const library = new Map<string, Photo | null>();
  const arrived: Photo[] = [];
  const unusable: Photo[] = [];
  const said: string[] = [];
  const forgotten: string[] = [];
  const state = { loads: 0, loadable: true };

  class FakeMover implements Mover<FakeFile> {
    readonly #reports: MoverReports<FakeFile>;

    constructor(reports: MoverReports<FakeFile>) {
      this.#reports = reports;
    }

    send(uploads: readonly Upload<FakeFile>[]): void {
      for (const { id } of uploads) this.retry(id);
    }

    retry(id: string): void {
      queue.signing(id);
      queue.sending(id, queue.get(id).file.name);
      queue.stored(id);
      this.#reports.stored(queue.get(id));
    }

    forget(id: string): void {
      forgotten.push(id);
    }
  }

  const parts = new Intake<FakeFile>({
    queue,
    announcer: new Announcer((sentences) => said.push(sentences), clock),
    loadMover: (reports) => {
      state.loads += 1;
      return state.loadable ? Promise.resolve(new FakeMover(reports)) : Promise.reject(new Error("offline"));
    },
    makeWatch: (told) =>
      new ProcessingWatch(
        {
          newest: () => Promise.resolve([]),
          photo: (id) => Promise.resolve(library.get(id) === undefined ? busy(id) : (library.get(id) ?? null)),
        },
        told,
        clock,
      ),
    arrived: (found) => arrived.push(found),
    rejected: (found) => unusable.push(found),
  });
  const stages = () => queue.uploads.map(({ stage }) => stage);
  return { intake: parts, clock, queue, library, arrived, unusable, said, forgotten, state, stages };
}

describe("putting photos in", () => {
  it("follows each until the library is done with it, and tells", async () => {
    const { intake: putting, clock, queue, library, arrived, unusable, said, stages } = intake();
    await putting.put(["ok", "bad", "twin", "gone"].map(file), WISHES);
    expect(stages()).toEqual(Array(4).fill("processing"));
    library.set("ok", photo("ok"));
    library.set("bad", photo("bad", 1, { state: "rejected", reason: "This is not a picture." }));
    library.set("twin", photo("twin", 1, { state: "duplicate" }));
    library.set("gone", null);
    await clock.pass(2000);
    expect(stages()).toEqual(["ready", "rejected", "duplicate", "failed"]);
    expect(queue.uploads[1]?.reason).toBe("This is not a picture.");
    expect(ids(arrived)).toEqual(["ok"]);
    expect(ids(unusable)).toEqual(["bad"]);
    expect(said).toEqual([
      "Adding 4 photos.",
      "1 photo is in your library. 1 photo was already in your library. " +
        "bad could not be used: This is not a picture. gone did not get through. You can retry it.",
    ]);
  });

  it("loads what moves the bytes once, when it is first needed", async () => {
    const { intake: putting, state } = intake();
    expect(state.loads).toBe(0);
    await putting.put([file("a")], WISHES);
    await putting.put([file("b")], WISHES);
    expect(state.loads).toBe(1);
  });

  it("can be retried where that could not be loaded", async () => {
    const { intake: putting, queue, state, stages } = intake();
    state.loadable = false;
    await putting.put([file("a")], WISHES);
    expect(stages()).toEqual(["failed"]);
    state.loadable = true;
    await putting.retry(queue.uploads[0]?.id ?? "");
    expect(stages()).toEqual(["processing"]);
  });

  it("lets go of what was taken off the list, and still shows its photo", async () => {
    const { intake: putting, clock, queue, library, arrived, forgotten } = intake();
    await putting.put([file("a")], WISHES);
    const id = queue.uploads[0]?.id ?? "";
    await putting.remove(id);
    expect(forgotten).toEqual([id]);
    library.set("a", photo("a"));
    await clock.pass(1000);
    await settled();
    expect(ids(arrived)).toEqual(["a"]);
  });
});
