/**
 * What can go wrong between the page and its library.
 *
 *     Problem
 *     ├── Refused       the library answered, with an error of its own (status, code, sentence)
 *     ├── Unreachable   no answer came at all
 *     ├── NotLoaded     a part of the page itself did not come
 *     └── SignedOut     this needs somebody signed in, and nobody is (any more)
 */

export abstract class AppError extends Error {}

export class HttpError extends AppError {
  readonly status: number;
  readonly code: string;
  /** Milliseconds the library asked us to wait, or null. */
  readonly retryAfter: number | null;
  /** The field of what was sent that was wrong, or null. */
  readonly field: string | null;

  constructor(status: number, code: string, sentence: string, retryAfter: number | null = null, field: string | null = null) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.field = field;
  }

  /** Whether the same request may well succeed a little later. */
  get isTransient(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

export class NetworkError extends AppError {}

export class ModuleLoadError extends AppError {}

export class SignedOutError extends AppError {}
