/**
 * The uploads and their stages, from a file to a photo in the library.
 *
 *     waiting -> signing -> sending -> processing -> ready | rejected | duplicate
 *                   |          |            |
 *                   +-> duplicate           |            (the library, or another chosen file, has the bytes)
 *                   +-> waiting <           |            (offline, signed out, or the ticket expired)
 *                   +-> failed <+-----------+            (Retry goes from failed to waiting)
 *
 * Any other transition is a bug and throws an `InvalidTransitionError`. The queue sends nothing itself:
 * `upload-scheduler.ts` uploads the files, `processing-poller.ts` polls the API, and both report here.
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
  duplicate: ["waiting"],
  failed: ["waiting"],
};

/** The tags and visibility for the photos of one batch, and the id of the album that they are added to. */
export interface UploadMetadata {
  readonly tags: readonly string[];
  readonly status: Visibility;
  readonly album: string | null;
}

export interface Upload<File extends { name: string; size: number } = { name: string; size: number }> {
  readonly id: string;
  readonly file: File;
  readonly metadata: UploadMetadata;
  readonly stage: UploadStage;
  /** Bytes sent. */
  readonly sent: number;
  readonly photoId: string | null;
  /** The photo when it is ready. */
  readonly photo: Photo | null;
  /** The photo with the same bytes, if it is a duplicate. */
  readonly duplicateOf: string | null;
  /** The upload of the same bytes that was chosen together with it, if it is its duplicate. */
  readonly sameFile: string | null;
  /** Why it was rejected or failed, as a sentence for the user. */
  readonly reason: string | null;
  /** Whether it failed for a reason that may pass. */
  readonly canRetry: boolean;
}

/** Why waiting uploads do not start: there is no connection, or nobody is signed in. */
export type UploadPause = "offline" | "signed-out";

export class InvalidTransitionError extends Error {
  constructor(id: string, from: UploadStage, to: UploadStage) {
    super(`upload ${id} cannot go from ${from} to ${to}`);
  }
}

export class UploadQueue<File extends { name: string; size: number }> extends Observable {
  readonly #uploads = new Map<string, Upload<File>>();
  #count = 0;
  #pause: UploadPause | null = null;

  /** Why waiting uploads do not start, or null. */
  get pause(): UploadPause | null {
    return this.#pause;
  }

  setPause(pause: UploadPause | null): void {
    if (this.#pause === pause) return;
    this.#pause = pause;
    this.notifyWatchers();
  }

  get uploads(): readonly Upload<File>[] {
    return [...this.#uploads.values()];
  }

  /** Adds files as waiting uploads and returns those. */
  add(files: readonly File[], metadata: UploadMetadata): readonly Upload<File>[] {
    const added = files.map((file): Upload<File> => {
      this.#count += 1;
      const id = `upload-${this.#count}`;
      const outcome = { photoId: null, photo: null, duplicateOf: null, sameFile: null, reason: null, canRetry: false };
      return { id, file, metadata, stage: "waiting", sent: 0, ...outcome };
    });
    for (const upload of added) this.#uploads.set(upload.id, upload);
    this.notifyWatchers();
    return added;
  }

  /** The upload with an id; throws a RangeError if there is none. */
  get(id: string): Upload<File> {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new RangeError(`no upload ${id}`);
    return upload;
  }

  has(id: string): boolean {
    return this.#uploads.has(id);
  }

  /** A ticket is being requested. */
  signing(id: string): void {
    this.#move(id, "signing", { sent: 0 });
  }

  /** The file is being sent. */
  sending(id: string, photoId: string): void {
    this.#move(id, "sending", { photoId });
  }

  /** Sets the bytes sent. */
  progress(id: string, sent: number): void {
    const upload = this.get(id);
    if (upload.stage !== "sending") throw new InvalidTransitionError(id, upload.stage, "sending");
    this.#uploads.set(id, { ...upload, sent: Math.min(sent, upload.file.size) });
    this.notifyWatchers();
  }

  /** All bytes were uploaded; the library processes them. */
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

  /** The library already has the bytes as a photo; null if unknown. */
  duplicate(id: string, duplicateOf: string | null): void {
    this.#move(id, "duplicate", { duplicateOf });
  }

  /** Goes back to waiting, to start again automatically. */
  requeue(id: string): void {
    this.#move(id, "waiting", { sent: 0 });
  }

  /** The file has the same bytes as that of another upload, which was chosen together with it. */
  sameAs(id: string, other: string): void {
    this.#move(id, "duplicate", { sameFile: other });
  }

  failed(id: string, reason: string, canRetry = true): void {
    this.#move(id, "failed", { reason, canRetry });
  }

  /** Goes back to waiting from failed, or from duplicate after the upload of the same bytes was removed. */
  retry(id: string): void {
    this.#move(id, "waiting", { sent: 0, photoId: null, sameFile: null, reason: null, canRetry: false });
  }

  /** Removes an upload in any stage. */
  remove(id: string): void {
    this.get(id);
    this.#uploads.delete(id);
    this.notifyWatchers();
  }

  /** Removes and returns the finished uploads; failed ones stay, because they can be retried. */
  clearFinished(): readonly Upload<File>[] {
    const finished = this.uploads.filter((upload) => isFinished(upload) && upload.stage !== "failed");
    for (const { id } of finished) this.#uploads.delete(id);
    if (finished.length > 0) this.notifyWatchers();
    return finished;
  }

  /** The processing upload of a photo, if there is one. */
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

/** Whether nothing more happens with an upload by itself. */
export function isFinished({ stage }: Upload): boolean {
  return stage === "ready" || stage === "duplicate" || stage === "rejected" || stage === "failed";
}

/** Whether closing the page would lose the upload. */
export function isUnsent({ stage }: Upload): boolean {
  return stage === "waiting" || stage === "signing" || stage === "sending";
}
