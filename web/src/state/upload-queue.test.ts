import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import {
  InvalidTransitionError,
  isFinished,
  isUnsent,
  type Upload,
  type UploadPause,
  type UploadStage,
  UploadQueue,
} from "./upload-queue.ts";

const METADATA = { tags: ["beach"], status: "private", album: null } as const;
const file = (name: string, size = 100) => ({ name, size });

/** How to move a new upload to each stage. */
const WAYS: Record<UploadStage, (queue: UploadQueue<{ name: string; size: number }>, id: string) => void> = {
  waiting: () => undefined,
  signing: (queue, id) => {
    queue.signing(id);
  },
  sending: (queue, id) => {
    WAYS.signing(queue, id);
    queue.sending(id, "p1");
  },
  processing: (queue, id) => {
    WAYS.sending(queue, id);
    queue.uploaded(id);
  },
  ready: (queue, id) => {
    WAYS.processing(queue, id);
    queue.ready(id, makePhoto("p1"));
  },
  rejected: (queue, id) => {
    WAYS.processing(queue, id);
    queue.rejected(id, "not a picture");
  },
  duplicate: (queue, id) => {
    WAYS.processing(queue, id);
    queue.duplicate(id, "p0");
  },
  failed: (queue, id) => {
    WAYS.sending(queue, id);
    queue.failed(id, "the line broke");
  },
};

function at(stage: UploadStage) {
  const queue = new UploadQueue<{ name: string; size: number }>();
  const [upload] = queue.add([file("a.jpg")], METADATA);
  if (upload === undefined) throw new Error("nothing was added");
  WAYS[stage](queue, upload.id);
  return { queue, id: upload.id };
}

function stagesWhere(accept: (upload: Upload) => boolean): UploadStage[] {
  return (Object.keys(WAYS) as UploadStage[]).filter((stage) => {
    const { queue, id } = at(stage);
    return accept(queue.get(id));
  });
}

describe("an upload", () => {
  it("goes from waiting to ready and keeps its metadata", () => {
    const { queue, id } = at("ready");
    expect(queue.get(id)).toMatchObject({ stage: "ready", photoId: "p1", sent: 100, metadata: METADATA });
    expect(queue.get(id).photo?.photo_id).toBe("p1");
  });

  it("reports the bytes sent, at most the file's size", () => {
    const { queue, id } = at("sending");
    queue.progress(id, 40);
    expect(queue.get(id).sent).toBe(40);
    queue.progress(id, 400);
    expect(queue.get(id).sent).toBe(100);
  });

  it("keeps the reason of a rejection", () => {
    const { queue, id } = at("rejected");
    expect(queue.get(id).reason).toBe("not a picture");
  });

  it("starts again when it is retried after a failure", () => {
    const { queue, id } = at("failed");
    queue.retry(id);
    expect(queue.get(id)).toMatchObject({ stage: "waiting", sent: 0, photoId: null, reason: null });
  });

  it("can be a duplicate before any byte is sent", () => {
    const { queue, id } = at("signing");
    queue.duplicate(id, "p0");
    expect(queue.get(id)).toMatchObject({ stage: "duplicate", sent: 0, duplicateOf: "p0" });
  });

  it("starts again after a requeue and keeps its photo", () => {
    const { queue, id } = at("sending");
    queue.progress(id, 40);
    queue.requeue(id);
    expect(queue.get(id)).toMatchObject({ stage: "waiting", sent: 0, photoId: "p1" });
  });

  it("is unsent until its bytes have arrived", () => {
    expect(stagesWhere(isUnsent)).toEqual(["waiting", "signing", "sending"]);
  });

  it("is finished when nothing more happens by itself", () => {
    expect(stagesWhere(isFinished)).toEqual(["ready", "rejected", "duplicate", "failed"]);
  });

  it("can be the same file as another one, and start again without it", () => {
    const { queue, id } = at("signing");
    queue.sameAs(id, "upload-9");
    expect(queue.get(id)).toMatchObject({ stage: "duplicate", sameFile: "upload-9" });
    queue.retry(id);
    expect(queue.get(id)).toMatchObject({ stage: "waiting", sameFile: null });
  });
});

describe("transitions", () => {
  const moves: Record<string, (queue: UploadQueue<{ name: string; size: number }>, id: string) => void> = {
    signing: WAYS.signing,
    sending: (queue, id) => {
      queue.sending(id, "p2");
    },
    progress: (queue, id) => {
      queue.progress(id, 1);
    },
    processing: (queue, id) => {
      queue.uploaded(id);
    },
    ready: (queue, id) => {
      queue.ready(id, makePhoto("p2"));
    },
    rejected: (queue, id) => {
      queue.rejected(id, "why");
    },
    duplicate: (queue, id) => {
      queue.duplicate(id, null);
    },
    failed: (queue, id) => {
      queue.failed(id, "why");
    },
    retry: (queue, id) => {
      queue.retry(id);
    },
    hold: (queue, id) => {
      queue.requeue(id);
    },
  };
  const legal: Record<UploadStage, string[]> = {
    waiting: ["signing", "failed"],
    signing: ["sending", "duplicate", "failed", "retry", "hold"],
    sending: ["progress", "processing", "failed", "retry", "hold"],
    processing: ["ready", "rejected", "duplicate", "failed"],
    ready: [],
    rejected: [],
    duplicate: ["retry", "hold"],
    failed: ["retry", "hold"],
  };

  for (const stage of Object.keys(legal) as UploadStage[]) {
    it(`from ${stage} are ${legal[stage].join(", ") || "none"}; any other throws and changes nothing`, () => {
      for (const [name, move] of Object.entries(moves)) {
        const { queue, id } = at(stage);
        const before = queue.get(id);
        if (legal[stage].includes(name)) {
          move(queue, id);
          expect(queue.get(id)).not.toEqual(before);
        } else {
          expect(() => {
            move(queue, id);
          }, `${stage} to ${name}`).toThrow(InvalidTransitionError);
          expect(queue.get(id)).toBe(before);
        }
      }
    });
  }

  it("throw for an unknown upload", () => {
    expect(() => {
      new UploadQueue().signing("upload-9");
    }).toThrow(RangeError);
  });
});

describe("the queue", () => {
  it("adds the same file twice as two uploads", () => {
    const queue = new UploadQueue();
    const [a, b] = queue.add([file("a.jpg"), file("a.jpg")], METADATA);
    expect(a?.id).not.toBe(b?.id);
  });

  it("clears finished uploads and keeps failed ones", () => {
    const queue = new UploadQueue();
    const [done, broken, waiting] = queue.add([file("a.jpg"), file("b.jpg"), file("c.jpg")], METADATA);
    WAYS.ready(queue, done?.id ?? "");
    WAYS.failed(queue, broken?.id ?? "");
    queue.clearFinished();
    expect(queue.uploads.map(({ id }) => id)).toEqual([broken?.id, waiting?.id]);
  });

  it("finds the upload of a processing photo", () => {
    const { queue, id } = at("processing");
    expect(queue.findProcessing("p1")?.id).toBe(id);
    expect(queue.findProcessing("p2")).toBeUndefined();
    queue.ready(id, makePhoto("p1"));
    expect(queue.findProcessing("p1")).toBeUndefined();
  });

  it("notifies once when uploads pause and continue", () => {
    const queue = new UploadQueue();
    const changes: (UploadPause | null)[] = [];
    queue.watch(() => changes.push(queue.pause));
    for (const pause of ["offline", "offline", null] as const) queue.setPause(pause);
    expect(changes).toEqual(["offline", null]);
  });

  it("notifies its watchers of every change until they unsubscribe", () => {
    const { queue, id } = at("waiting");
    let notifications = 0;
    const leave = queue.watch(() => (notifications += 1));
    queue.signing(id);
    leave();
    queue.failed(id, "why");
    expect(notifications).toBe(1);
  });
});
