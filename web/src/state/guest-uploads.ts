/**
 * The photos that a guest adds through a shared link, from the chosen file to what the library made of it.
 *
 *     waiting -> sending -> processing -> ready | pending (the owner looks at it first) | rejected
 *         ^         +-> same-file (the guest has added the same bytes before)
 *         +---------+-----------> failed (Try again goes back to waiting)
 *
 * What clearly is no photo, empty, or too large, is refused and not sent.
 */
import type { components } from "../api/schema.d.ts";
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { FileReadError, HttpError, NetworkError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { Poller } from "./poller.ts";
import { type ChosenFile, filenameOf, fileProblem, type FileProblem } from "./upload-validation.ts";

/** Permission to upload one file to S3. */
export type GuestTicket = Pick<components["schemas"]["UploadTicket"], "photo_id" | "upload" | "expires_at">;

/** What became of an uploaded file. */
export type GuestUploadState = Pick<components["schemas"]["GuestUpload"], "state" | "reason">;

/** The API routes for the uploads of a shared link, S3, and the guest's files. */
export interface GuestUploadApi<File extends ChosenFile> {
  createUpload(name: string, filename: string, bytes: number): Promise<GuestTicket>;
  /** Uploads a file with its ticket. Throws an `HttpError` or a `NetworkError`. */
  send(ticket: GuestTicket, file: File, onProgress: (sent: number) => void): Promise<void>;
  getUpload(photoId: string): Promise<GuestUploadState>;
  /** The SHA-256 of a file in hex; null if it is not computed. Throws a `FileReadError`. */
  hash(file: File): Promise<string | null>;
  /** Throws a `FileReadError` if a file can no longer be read. */
  checkReadable(file: File): Promise<void>;
}

export type GuestUploadStage = "waiting" | "sending" | "processing" | "ready" | "pending" | "rejected" | "failed" | "refused" | "same-file";

export interface GuestUpload<File extends ChosenFile> {
  readonly id: number;
  readonly file: File;
  readonly stage: GuestUploadStage;
  /** Bytes sent. */
  readonly sent: number;
  readonly photoId: string | null;
  /** Why it failed, or null. */
  readonly error: unknown;
  /** Why the library rejected it, or null. */
  readonly reason: string | null;
  readonly problem: FileProblem | null;
}

/** Responses that are the same each time: the link, or the file, is not accepted. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 413, 415]);

/** The stages of photos that are being added, or are. */
const COUNTED: ReadonlySet<GuestUploadStage> = new Set(["sending", "processing", "ready", "pending"]);
/** How many files are uploaded at once. */
const CONCURRENCY = 3;
/** Delays between the attempts to upload a file, ms. */
const RETRY_DELAYS = [1, 3, 8, 20].map((seconds) => seconds * 1000);
/** A ticket that expires sooner than this is not used, ms. */
const TICKET_MARGIN = 60_000;
/** Delays between two polls of the photos in processing, ms. */
const POLL_DELAYS = [1, 1, 2, 3, 5, 8].map((seconds) => seconds * 1000);

export class GuestUploads<File extends ChosenFile> extends Observable {
  readonly #api: GuestUploadApi<File>;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #onSettled: () => void;
  readonly #poller: Poller;
  readonly #tickets = new Map<number, GuestTicket>();
  readonly #hashes = new Map<number, string | null>();
  #active = 0;
  #nextId = 1;

  items: readonly GuestUpload<File>[] = [];
  /** Who adds the photos; empty until the guest enters it. */
  guestName = "";

  /** `maxBytes` is the size limit of a file; `onSettled` is called when photos became visible. */
  constructor(api: GuestUploadApi<File>, clock: Clock, maxBytes: number, onSettled: () => void) {
    super();
    this.#api = api;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#onSettled = onSettled;
    this.#poller = new Poller(
      { isInProgress: () => this.#inStage("processing").length > 0, poll: () => this.#poll(), delays: POLL_DELAYS },
      clock,
    );
    this.#poller.watch();
  }

  /** Whether files are still being sent, so that leaving the page would stop them. */
  get isSending(): boolean {
    return this.items.some(({ stage }) => stage === "waiting" || stage === "sending");
  }

  setGuestName(name: string): void {
    this.guestName = name;
    this.notifyWatchers();
  }

  /** Starts to upload files. */
  add(files: readonly File[]): void {
    const added = files.map((file): GuestUpload<File> => {
      const problem = fileProblem(file, this.#maxBytes);
      const stage = problem === null ? "waiting" : "refused";
      return { id: this.#nextId++, file, stage, sent: 0, photoId: null, error: null, reason: null, problem };
    });
    this.#update([...this.items, ...added]);
    this.#sendNext();
  }

  /** Uploads everything again that failed and may succeed. */
  retry(): void {
    this.#update(this.items.map((upload) => (canRetry(upload) ? { ...upload, stage: "waiting", sent: 0, error: null } : upload)));
    this.#sendNext();
  }

  #sendNext(): void {
    for (const { id } of this.#inStage("waiting")) {
      if (this.#active >= CONCURRENCY) return;
      this.#active += 1;
      this.#change(id, { stage: "sending" });
      void this.#send(id).finally(() => {
        this.#active -= 1;
        this.#sendNext();
      });
    }
  }

  async #send(id: number): Promise<void> {
    const backoff = new Backoff(RETRY_DELAYS);
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#sendOnce(id);
        return;
      } catch (error) {
        if (!isTransient(error) || attempt === RETRY_DELAYS.length) {
          this.#change(id, { stage: "failed", error });
          return;
        }
        this.#change(id, { sent: 0 });
        await new Promise<void>((resolve) => this.#clock.after(backoff.next(), resolve));
      }
    }
  }

  async #sendOnce(id: number): Promise<void> {
    const file = this.#get(id)?.file;
    if (file === undefined) return;
    if (await this.#wasAdded(id, file)) {
      this.#change(id, { stage: "same-file" });
      return;
    }
    const ticket = await this.#ticketFor(id, file);
    await this.#api.send(ticket, file, (sent) => {
      this.#change(id, { sent });
    });
    this.#change(id, { stage: "processing", sent: file.size, photoId: ticket.photo_id });
    this.#poller.scheduleSoon();
  }

  /** Whether the guest has added the same bytes already; only files on this page are compared. */
  async #wasAdded(id: number, file: File): Promise<boolean> {
    // A retry makes sure that the file can still be read: requests with one that cannot have no response.
    if (this.#hashes.has(id)) await this.#api.checkReadable(file);
    const hash = this.#hashes.get(id) ?? (await this.#api.hash(file));
    const isSame = (other: GuestUpload<File>) => other.id !== id && COUNTED.has(other.stage) && this.#hashes.get(other.id) === hash;
    if (hash !== null && this.items.some(isSame)) return true;
    this.#hashes.set(id, hash);
    return false;
  }

  /** The ticket of an earlier attempt while it is valid: each ticket counts toward the limit of the link. */
  async #ticketFor(id: number, file: File): Promise<GuestTicket> {
    const known = this.#tickets.get(id);
    if (known !== undefined && Date.parse(known.expires_at) - this.#clock.now() > TICKET_MARGIN) return known;
    const ticket = await this.#api.createUpload(this.guestName, filenameOf(file), file.size);
    this.#tickets.set(id, ticket);
    return ticket;
  }

  /** Looks what became of the photos in processing; returns whether any is finished. */
  async #poll(): Promise<boolean> {
    let [finished, visible] = [false, false];
    for (const { id, photoId } of this.#inStage("processing")) {
      const found = photoId === null ? null : await this.#api.getUpload(photoId).catch((error: unknown) => lost(error));
      if (found === null || found.state === "uploading" || found.state === "processing") continue;
      this.#change(id, { stage: found.state, reason: found.reason });
      finished = true;
      visible ||= found.state === "ready";
    }
    if (visible) this.#onSettled();
    return finished;
  }

  #inStage(wanted: GuestUploadStage): readonly GuestUpload<File>[] {
    return this.items.filter(({ stage }) => stage === wanted);
  }

  #get(id: number): GuestUpload<File> | undefined {
    return this.items.find((upload) => upload.id === id);
  }

  #change(id: number, change: Partial<GuestUpload<File>>): void {
    this.#update(this.items.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }

  #update(items: readonly GuestUpload<File>[]): void {
    this.items = items;
    this.notifyWatchers();
  }
}

/** The state of an upload that the link no longer has: the owner removed it already. */
function lost(error: unknown): GuestUploadState | null {
  return error instanceof HttpError && error.status === 404 ? { state: "rejected", reason: null } : null;
}

/** Whether an upload has failed for a reason that may pass. */
export function canRetry({ stage, error }: Pick<GuestUpload<ChosenFile>, "stage" | "error">): boolean {
  if (stage !== "failed" || error instanceof FileReadError) return false;
  return !(error instanceof HttpError && error.code !== "bucket" && FINAL_STATUSES.has(error.status));
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof NetworkError ||
    (error instanceof HttpError && (error.isTransient || error.status >= 500) && (error.retryAfter ?? 0) < 60_000)
  );
}
