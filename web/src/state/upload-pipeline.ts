/**
 * Putting photos in, from the choice to the photo in the library: brings together the queue, the transfer of bytes,
 * the wait for the library, and what is said aloud of it.
 */
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Photo } from "./photo.ts";
import type { ProcessingWatch, Settled } from "./processing-poller.ts";
import type { Announcer } from "./upload-announcements.ts";
import type { Upload, UploadQueue, Wishes } from "./upload-queue.ts";

/** Moves bytes. */
export interface Mover<File extends { name: string; size: number }> {
  send(uploads: readonly Upload<File>[]): void;
  forget(id: string): void;
}

/** What a mover tells beyond the queue. */
export interface MoverReports<File extends { name: string; size: number }> {
  /** All bytes of an upload have arrived. */
  readonly stored: (upload: Upload<File>) => void;
  /** An upload needs somebody to retry it. */
  readonly failed: (upload: Upload<File>) => void;
  /** The library had the bytes already. */
  readonly known: (upload: Upload<File>) => void;
}

interface Parts<File extends { name: string; size: number }> {
  readonly queue: UploadQueue<File>;
  readonly announcer: Announcer;
  readonly makeMover: (reports: MoverReports<File>) => Mover<File>;
  /** Makes the watch; `settled` is to be called when a photo came to an end. */
  readonly makeWatch: (settled: Settled) => ProcessingWatch;
  /** A photo has become ready. */
  readonly arrived: (photo: Photo) => void;
  /** A file could not be used. */
  readonly rejected: (photo: Photo) => void;
}

export class Intake<File extends { name: string; size: number }> {
  readonly #parts: Parts<File>;
  readonly #watch: ProcessingWatch;
  readonly #mover: Mover<File>;

  constructor(parts: Parts<File>) {
    this.#parts = parts;
    const { announcer } = parts;
    this.#watch = parts.makeWatch((photoId, photo) => {
      this.#settle(photoId, photo);
    });
    this.#mover = parts.makeMover({
      stored: ({ photoId }) => {
        if (photoId !== null) this.#watch.add(photoId);
      },
      failed: ({ file }) => {
        announcer.tell({ kind: "failed", name: file.name });
      },
      known: () => {
        announcer.tell({ kind: "duplicate" });
      },
    });
  }

  /** Puts files on their way. */
  put(files: readonly File[], wishes: Wishes): void {
    const uploads = this.#parts.queue.add(files, wishes);
    this.#parts.announcer.tell({ kind: "started", count: uploads.length });
    this.#mover.send(uploads);
  }

  /** Tries failed uploads once more. */
  retry(ids: readonly string[]): void {
    for (const id of ids) this.#parts.queue.retry(id);
    this.#mover.send(ids.map((id) => this.#parts.queue.get(id)));
  }

  /** Tries everything that failed once more. */
  retryAll(): void {
    this.retry(this.#parts.queue.uploads.filter(({ stage }) => stage === "failed").map(({ id }) => id));
  }

  /** Takes an upload off the list, stopping it if need be. */
  remove(id: string): void {
    this.#parts.queue.remove(id);
    this.#mover.forget(id);
  }

  /** The line is back: looks soon what became of the photos meanwhile. */
  lookAgain(): void {
    this.#watch.wake();
  }

  #settle(photoId: string, photo: Photo | null): void {
    const { queue, announcer, arrived, rejected } = this.#parts;
    const upload = queue.processingAs(photoId);
    if (photo?.state === "ready") arrived(photo);
    if (photo?.state === "rejected") rejected(photo);
    if (upload === undefined) return;
    const name = upload.file.name;
    if (photo?.state === "ready") {
      queue.ready(upload.id, photo);
      announcer.tell({ kind: "ready" });
    } else if (photo?.state === "duplicate") {
      queue.duplicate(upload.id, photo.duplicate_of ?? null);
      announcer.tell({ kind: "duplicate" });
    } else if (photo?.state === "rejected") {
      const reason = photo.reason ?? strings.rejected;
      queue.rejected(upload.id, reason);
      announcer.tell({ kind: "rejected", name, reason });
    } else {
      queue.failed(upload.id, uploadStrings.vanished);
      announcer.tell({ kind: "failed", name });
    }
  }
}
