/**
 * Puts one file straight into the bucket, as its ticket says: a form whose policy fixes key and size.
 *
 * The request itself is Uppy's: progress, a guard against a line that hangs, a few quick attempts after passing faults.
 */
import { fetcher } from "@uppy/core/utils";

import { HttpError, NetworkError } from "../core/errors.ts";
import type { UploadTicket } from "../state/upload-scheduler.ts";

/** A line on which nothing moves for so long is whole up, ms. */
const STALL_TIMEOUT = 60_000;

/** Sends it; `progress` is told the bytes of the file that have left. Throws a `Refused` or `Unreachable`. */
export async function uploadToS3(
  { upload }: UploadTicket, file: File, progress: (sent: number) => void, stop: AbortSignal,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.set(name, value);
  // The file comes last: S3 ignores the fields after it.
  form.set("file", file);
  const whole = new AbortController();
  const giveUp = () => {
    whole.abort();
  };
  stop.addEventListener("abort", giveUp);
  try {
    await fetcher(upload.url, {
      method: "POST",
      body: form,
      timeout: STALL_TIMEOUT,
      onTimeout: giveUp,
      signal: whole.signal,
      shouldRetry: ({ status }) => navigator.onLine && (status === 0 || status >= 500),
      // The form is a little larger than the file.
      onUploadProgress: ({ loaded, total }) => {
        progress(total === 0 ? 0 : Math.round((loaded / total) * file.size));
      },
    });
  } catch (problem) {
    const status = responseStatus(problem);
    if (status === 0) throw new NetworkError("the bucket did not answer", { cause: problem });
    throw new HttpError(status, "bucket", "");
  } finally {
    stop.removeEventListener("abort", giveUp);
  }
}

/** The bucket's answer; 0 if there was none. */
function responseStatus(problem: unknown): number {
  const request: unknown = typeof problem === "object" && problem !== null && "request" in problem ? problem.request : null;
  return request instanceof XMLHttpRequest ? request.status : 0;
}
