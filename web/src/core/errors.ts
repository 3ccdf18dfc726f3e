/**
 * The errors of requests and of loading code.
 *
 *     AppError
 *     ├── HttpError         an error response (status, code, message)
 *     ├── NetworkError      no response
 *     ├── ModuleLoadError   code of the page failed to load
 *     ├── SignedOutError    the request needs a signed-in user
 *     ├── StorageError      the browser stores nothing for the page
 *     └── FileReadError     the browser cannot read a chosen file: it was moved, changed, or is not permitted
 */

/** The status of responses while the disk of a library on a laptop is full. */
export const STORAGE_FULL = 507;

export abstract class AppError extends Error {}

export class HttpError extends AppError {
  readonly status: number;
  readonly code: string;
  /** The delay in `Retry-After`, ms, or null. */
  readonly retryAfter: number | null;
  /** The invalid field of the request, or null. */
  readonly field: string | null;

  constructor(status: number, code: string, message: string, retryAfter: number | null = null, field: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.field = field;
  }

  /** Whether the same request may succeed later, and had no effect. */
  get isTransient(): boolean {
    return this.status === 429 || this.status === 503;
  }

  /** Whether the same request may succeed later; it may have had its effect. */
  get isRetryable(): boolean {
    return this.isTransient || (this.status >= 500 && this.retryAfter !== null);
  }
}

export class NetworkError extends AppError {}

export class ModuleLoadError extends AppError {}

export class SignedOutError extends AppError {}

export class StorageError extends AppError {}

export class FileReadError extends AppError {}
