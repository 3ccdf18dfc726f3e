/**
 * Uploads one file to S3 with its upload ticket: a form whose policy fixes key and size.
 *
 * The request is Uppy's: it reports progress, aborts stalled uploads, and retries transient errors a few times.
 */
import { fetcher } from "@uppy/core/utils";

import { HttpError, NetworkError, STORAGE_FULL } from "../core/errors.ts";
import type { UploadTicket } from "../state/upload-scheduler.ts";

/** An upload without progress for this long is aborted, ms. */
const STALL_TIMEOUT = 60_000;

/** Uploads a file; calls `onProgress` with the bytes sent. Throws an `HttpError` or a `NetworkError`. */
export async function uploadToS3(
  { upload }: Pick<UploadTicket, "upload">,
  file: File,
  onProgress: (sent: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.set(name, value);
  // The file comes last: S3 ignores the fields after it.
  form.set("file", file);
  const controller = new AbortController();
  const abort = () => {
    controller.abort();
  };
  signal?.addEventListener("abort", abort);
  try {
    await fetcher(upload.url, {
      method: "POST",
      body: form,
      timeout: STALL_TIMEOUT,
      onTimeout: abort,
      signal: controller.signal,
      shouldRetry: ({ status }) => navigator.onLine && (status === 0 || (status >= 500 && status !== STORAGE_FULL)),
      // The form is slightly larger than the file.
      onUploadProgress: ({ loaded, total }) => {
        onProgress(total === 0 ? 0 : Math.round((loaded / total) * file.size));
      },
    });
  } catch (error) {
    const status = responseStatus(error);
    if (status === 0) throw new NetworkError("no response from S3", { cause: error });
    throw new HttpError(status, "bucket", "");
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** The status of the response; 0 if there was none. */
function responseStatus(error: unknown): number {
  const request: unknown = typeof error === "object" && error !== null && "request" in error ? error.request : null;
  return request instanceof XMLHttpRequest ? request.status : 0;
}
