/**
 * Moves files straight into the bucket, some at a time, by Uppy; reports to the upload queue.
 *
 * Each file gets a ticket when its turn comes. A retry goes on with the same ticket as long as that is good, so that
 * a shaky line does not leave a row of unused photos behind in the library.
 */
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";

import type { KnownBytes, Ticket } from "./api.ts";
import type { MoverReports } from "./intake.ts";
import { Problem } from "./problems.ts";
import type { Upload, UploadQueue } from "./queue.ts";
import { explain, strings } from "./strings.ts";

/** Files under way at once. */
const AT_ONCE = 4;
/** A ticket is not begun with when it has less than this left, ms. */
const MARGIN = 60_000;

export type GetTicket = (upload: Upload<File>) => Promise<Ticket | KnownBytes>;

const quiet = () => undefined;

/** Not a fault: the library has these bytes, nothing need be sent. */
class BytesKnown extends Error {}

export class Transfer {
  readonly #queue: UploadQueue<File>;
  readonly #getTicket: GetTicket;
  readonly #reports: MoverReports<File>;
  readonly #tickets = new Map<string, Ticket>();
  readonly #uppyIds = new Map<string, string>();
  readonly #uppy = new Uppy<{ upload: string; relativePath: string }, Record<string, never>>({
    autoProceed: true,
    // What goes wrong is told in the list of uploads, not on the console.
    logger: { debug: quiet, warn: quiet, error: quiet },
  });

  constructor(queue: UploadQueue<File>, getTicket: GetTicket, reports: MoverReports<File>) {
    this.#queue = queue;
    this.#getTicket = getTicket;
    this.#reports = reports;
    this.#uppy.use(AwsS3, {
      limit: AT_ONCE,
      shouldUseMultipart: false,
      generateObjectKey: ({ meta }) => String(meta.upload),
      signRequest: ({ key }) => this.#sign(key),
    });
    this.#uppy.on("upload-progress", (file, { bytesUploaded }) => {
      const id = file?.meta.upload;
      if (id !== undefined && this.#is(id, "sending")) this.#queue.progress(id, bytesUploaded);
    });
    this.#uppy.on("upload-success", (file) => {
      if (file !== undefined) this.#arrived(file.meta.upload);
    });
    this.#uppy.on("upload-error", (file, problem) => {
      if (file !== undefined) this.#broke(file.meta.upload, problem);
    });
  }

  /** Puts waiting uploads on their way. */
  send(uploads: readonly Upload<File>[]): void {
    for (const { id, file } of uploads) {
      // Uppy tells files apart by name, size and path; here the same file may well come twice.
      const meta = { upload: id, relativePath: id };
      this.#uppyIds.set(id, this.#uppy.addFile({ name: file.name, type: file.type, data: file, meta }));
    }
  }

  /** Sends an upload again that had failed and is waiting once more. */
  retry(id: string): void {
    const uppyId = this.#uppyIds.get(id);
    if (uppyId === undefined) this.send([this.#queue.get(id)]);
    else void this.#uppy.retryUpload(uppyId);
  }

  /** Stops an upload, if it is still under way, and lets go of its file. */
  forget(id: string): void {
    const uppyId = this.#uppyIds.get(id);
    this.#uppyIds.delete(id);
    this.#tickets.delete(id);
    if (uppyId !== undefined) this.#uppy.removeFile(uppyId);
  }

  async #sign(id: string): Promise<{ url: string; fields: Record<string, string> }> {
    this.#queue.signing(id);
    const ticket = await this.#ticket(id);
    this.#queue.sending(id, ticket.photo_id);
    return { url: ticket.upload.url, fields: { ...ticket.upload.fields } };
  }

  async #ticket(id: string): Promise<Ticket> {
    const kept = this.#tickets.get(id);
    if (kept !== undefined && Date.parse(kept.expires_at) - Date.now() > MARGIN) return kept;
    const answer = await this.#getTicket(this.#queue.get(id));
    if ("duplicate_of" in answer) throw new BytesKnown();
    this.#tickets.set(id, answer);
    return answer;
  }

  #arrived(id: string): void {
    this.#queue.stored(id);
    this.forget(id);
    this.#reports.stored(this.#queue.get(id));
  }

  #broke(id: string, problem: Error): void {
    if (!this.#queue.has(id)) return;
    if (problem instanceof BytesKnown) {
      this.#queue.duplicate(id);
      this.forget(id);
      this.#reports.known(this.#queue.get(id));
      return;
    }
    // The bucket refused the ticket itself: it may have run out, the next attempt gets a new one.
    if (this.#is(id, "sending") && "status" in problem) this.#tickets.delete(id);
    this.#queue.failed(id, problem instanceof Problem ? explain(problem) : strings.failedToSend);
    this.#reports.failed(this.#queue.get(id));
  }

  #is(id: string, stage: Upload["stage"]): boolean {
    return this.#queue.has(id) && this.#queue.get(id).stage === stage;
  }
}
