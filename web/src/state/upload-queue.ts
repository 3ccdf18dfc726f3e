/**
 * The photos a person is putting in, each on its way from a file to a photo in the library.
 *
 *     waiting -> signing -> sending -> processing -> ready | rejected | duplicate
 *                   |          |            |
 *                   +-> duplicate           |            (the library knew the bytes before they were sent)
 *                   +-> waiting <           |            (the line is gone, or a ticket no good any more)
 *                   +-> failed <+-----------+            (and from failed back to waiting, by Retry)
 *
 * Only the arrows above exist; anything else is a fault of ours and throws. The queue sends nothing itself:
 * `upload-scheduler.ts` moves the bytes, `processing-poller.ts` asks how the library gets on, and both report here.
 */
import { Observable } from "../core/observable.ts";
import type { Photo, Visibility } from "./photo.ts";

export type UploadStage = "waiting" | "signing" | "sending" | "processing" | "ready" | "rejected" | "duplicate" | "failed";

const TRANSITIONS: Readonly<Record<UploadStage, readonly UploadStage[]>> = {
  waiting: ["signing", "failed"],
  signing: ["sending", "duplicate", "waiting", "failed"],
  sending: ["processing", "waiting", "failed"],
  processing: ["ready", "rejected", "duplicate", "failed"],
  ready: [],
  rejected: [],
  duplicate: [],
  failed: ["waiting"],
};

/** What was said of the photos of one batch. */
export interface UploadMetadata {
  readonly tags: readonly string[];
  readonly status: Visibility;
}

export interface Upload<File extends { name: string; size: number } = { name: string; size: number }> {
  readonly id: string;
  readonly file: File;
  readonly metadata: UploadMetadata;
  readonly stage: UploadStage;
  /** Bytes of the file that have left. */
  readonly sent: number;
  readonly photoId: string | null;
  /** The photo, once it is ready. */
  readonly photo: Photo | null;
  /** The photo that has the same bytes, if it is a duplicate. */
  readonly duplicateOf: string | null;
  /** Why it was rejected or failed, in words for a person. */
  readonly reason: string | null;
}

export interface UploadSummary {
  readonly total: number;
  /** Still under way. */
  readonly active: number;
  /** Of those: not all their bytes have left. */
  readonly unsent: number;
  readonly ready: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly failed: number;
  /** Bytes that have left, of those that are to leave: what failed is counted in neither. */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export class InvalidTransitionError extends Error {
  constructor(id: string, from: UploadStage, to: UploadStage) {
    super(`upload ${id} cannot go from ${from} to ${to}`);
  }
}

export class UploadQueue<File extends { name: string; size: number }> extends Observable {
  readonly #uploads = new Map<string, Upload<File>>();
  #count = 0;
  /** Whether nothing leaves because there is no line to the library. */
  #offline = false;

  get offline(): boolean {
    return this.#offline;
  }

  /** The line is gone, or is back. */
  setOffline(cut: boolean): void {
    if (this.#offline === cut) return;
    this.#offline = cut;
    this.notifyWatchers();
  }

  get uploads(): readonly Upload<File>[] {
    return [...this.#uploads.values()];
  }

  /** Takes files in, as waiting; returns their uploads. */
  add(files: readonly File[], metadata: UploadMetadata): readonly Upload<File>[] {
    const added = files.map((file): Upload<File> => {
      this.#count += 1;
      const id = `upload-${this.#count}`;
      return { id, file, metadata, stage: "waiting", sent: 0, photoId: null, photo: null, duplicateOf: null, reason: null };
    });
    for (const upload of added) this.#uploads.set(upload.id, upload);
    this.notifyWatchers();
    return added;
  }

  /** The upload of that id; throws if there is none. */
  get(id: string): Upload<File> {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new RangeError(`no upload ${id}`);
    return upload;
  }

  has(id: string): boolean {
    return this.#uploads.has(id);
  }

  /** The library is being asked where the bytes may go. */
  signing(id: string): void {
    this.#move(id, "signing", { sent: 0 });
  }

  /** It said where; the bytes are leaving. */
  sending(id: string, photoId: string): void {
    this.#move(id, "sending", { photoId });
  }

  /** So many bytes have left. */
  progress(id: string, sent: number): void {
    const upload = this.get(id);
    if (upload.stage !== "sending") throw new InvalidTransitionError(id, upload.stage, "sending");
    this.#uploads.set(id, { ...upload, sent: Math.min(sent, upload.file.size) });
    this.notifyWatchers();
  }

  /** All bytes have arrived; the library is looking at them. */
  uploaded(id: string): void {
    const upload = this.get(id);
    this.#move(id, "processing", { sent: upload.file.size });
  }

  ready(id: string, photo: Photo): void {
    this.#move(id, "ready", { photo });
  }

  rejected(id: string, reason: string): void {
    this.#move(id, "rejected", { reason });
  }

  /** The library had the bytes already, as that photo; null where it did not say. */
  duplicate(id: string, duplicateOf: string | null): void {
    this.#move(id, "duplicate", { duplicateOf });
  }

  /** Has to wait after all, and begins anew; nobody need do anything. */
  requeue(id: string): void {
    this.#move(id, "waiting", { sent: 0 });
  }

  failed(id: string, reason: string): void {
    this.#move(id, "failed", { reason });
  }

  /** Sends a failed upload back to the start. */
  retry(id: string): void {
    this.#move(id, "waiting", { sent: 0, photoId: null, reason: null });
  }

  /** Forgets an upload, wherever it is. */
  remove(id: string): void {
    this.get(id);
    this.#uploads.delete(id);
    this.notifyWatchers();
  }

  /** Forgets what has come to an end; failed ones stay, they can be tried again. Returns what went. */
  clearFinished(): readonly Upload<File>[] {
    const finished = this.uploads.filter(({ stage }) => TRANSITIONS[stage].length === 0);
    for (const { id } of finished) this.#uploads.delete(id);
    if (finished.length > 0) this.notifyWatchers();
    return finished;
  }

  /** The upload that became that photo, if it is one of these and still under way. */
  findProcessing(photoId: string): Upload<File> | undefined {
    return this.uploads.find((upload) => upload.stage === "processing" && upload.photoId === photoId);
  }

  #move(id: string, to: UploadStage, changes: Partial<Upload<File>>): void {
    const upload = this.get(id);
    if (!TRANSITIONS[upload.stage].includes(to)) throw new InvalidTransitionError(id, upload.stage, to);
    this.#uploads.set(id, { ...upload, ...changes, stage: to });
    this.notifyWatchers();
  }
}

/** Whether bytes would be lost if the page went away now. */
export function isUnsent({ stage }: Upload): boolean {
  return stage === "waiting" || stage === "signing" || stage === "sending";
}

/** Counts by outcome, and how far the bytes have got. */
export function summarize(uploads: readonly Upload[]): UploadSummary {
  const having = (stage: UploadStage) => uploads.filter((upload) => upload.stage === stage).length;
  const travelling = uploads.filter(({ stage }) => stage !== "failed");
  return {
    total: uploads.length,
    active: uploads.filter((upload) => isUnsent(upload) || upload.stage === "processing").length,
    unsent: uploads.filter(isUnsent).length,
    ready: having("ready"),
    duplicate: having("duplicate"),
    rejected: having("rejected"),
    failed: having("failed"),
    sentBytes: travelling.reduce((sum, upload) => sum + (isUnsent(upload) ? upload.sent : upload.file.size), 0),
    totalBytes: travelling.reduce((sum, { file }) => sum + file.size, 0),
  };
}
