/**
 * What the errors of uploads mean: which pass by themselves, which a person can retry, and what they are told.
 */
import { AppError, FileReadError, HttpError, NetworkError, STORAGE_FULL } from "../core/errors.ts";
import { explain } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";

/** Responses of the API that are the same each time: the file, its name, its tags or its album cannot be accepted. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 404, 413, 415]);

/** Whether the same upload may succeed a little later. */
export function isTransient(error: unknown): boolean {
  if (isStorageFull(error)) return false;
  return error instanceof NetworkError || (error instanceof HttpError && (error.isTransient || error.status >= 500));
}

/** Whether it may help to retry the upload by hand. */
export function canRetry(error: unknown): boolean {
  return !(error instanceof FileReadError || (isApiError(error) && error instanceof HttpError && FINAL_STATUSES.has(error.status)));
}

/** Why an upload failed, as a sentence for the user. */
export function explainUploadError(error: unknown): string {
  if (error instanceof FileReadError) return uploadStrings.unreadable;
  return isTransient(error) || isApiError(error) || isStorageFull(error) ? explain(error) : uploadStrings.failed;
}

/** Whether the disk of the library is full: only a person can make room. */
function isStorageFull(error: unknown): boolean {
  return error instanceof HttpError && error.status === STORAGE_FULL;
}

/** Whether the error comes from the API and not from S3. */
function isApiError(error: unknown): boolean {
  return error instanceof AppError && !(error instanceof HttpError && error.code === "bucket");
}
