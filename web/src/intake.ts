/**
 * Putting photos in, from the choice to the photo in the library: brings together the queue, the transfer of bytes,
 * the wait for the library, and what is said aloud of it.
 */
import type { Announcer } from "./announcements.ts";
import type { Photo } from "./photo.ts";
import type { Upload, UploadQueue, Wishes } from "./queue.ts";
import { strings } from "./strings.ts";
import type { ProcessingWatch, Settled } from "./watch.ts";

/** Moves bytes; loaded when first needed. */
export interface Mover<File> {
  send(uploads: readonly Upload<File & { name: string; size: number }>[]): void;
  retry(id: string): void;
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
  readonly loadMover: (reports: MoverReports<File>) => Promise<Mover<File>>;
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
  #mover: Promise<Mover<File>> | null = null;
  readonly #reports: MoverReports<File> = {
    stored: ({ photoId }) => {
      if (photoId !== null) this.#watch.add(photoId);
    },
    failed: ({ file }) => {
      this.#parts.announcer.tell({ kind: "failed", name: file.name });
    },
    known: () => {
      this.#parts.announcer.tell({ kind: "duplicate" });
    },
  };

  constructor(parts: Parts<File>) {
    this.#parts = parts;
    this.#watch = parts.makeWatch((photoId, photo) => {
      this.#settle(photoId, photo);
    });
  }

  /** Puts files on their way. */
  async put(files: readonly File[], wishes: Wishes): Promise<void> {
    const uploads = this.#parts.queue.add(files, wishes);
    this.#parts.announcer.tell({ kind: "started", count: uploads.length });
    await this.#move(uploads, (mover) => {
      mover.send(uploads.filter(({ id }) => this.#parts.queue.has(id)));
    });
  }

  /** Tries a failed upload once more. */
  async retry(id: string): Promise<void> {
    this.#parts.queue.retry(id);
    await this.#move([this.#parts.queue.get(id)], (mover) => {
      mover.retry(id);
    });
  }

  /** Takes an upload off the list, stopping it if need be. */
  async remove(id: string): Promise<void> {
    this.#parts.queue.remove(id);
    (await this.#mover)?.forget(id);
  }

  /** The mover could not be loaded: nothing has left, all can be tried again. */
  async #move(uploads: readonly Upload<File>[], act: (mover: Mover<File>) => void): Promise<void> {
    try {
      this.#mover ??= this.#parts.loadMover(this.#reports);
      act(await this.#mover);
    } catch {
      this.#mover = null;
      for (const { id } of uploads) if (this.#parts.queue.has(id)) this.#fail(id);
    }
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
      queue.duplicate(upload.id);
      announcer.tell({ kind: "duplicate" });
    } else if (photo?.state === "rejected") {
      const reason = photo.reason ?? strings.rejected;
      queue.rejected(upload.id, reason);
      announcer.tell({ kind: "rejected", name, reason });
    } else {
      queue.failed(upload.id, strings.vanished);
      announcer.tell({ kind: "failed", name });
    }
  }

  #fail(id: string): void {
    const { queue, announcer } = this.#parts;
    queue.failed(id, strings.failedToSend);
    announcer.tell({ kind: "failed", name: queue.get(id).file.name });
  }
}
