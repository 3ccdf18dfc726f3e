/**
 * Strings of the page for guests of a shared link, in the page's language, and explanations of errors for guests.
 */
import { FileReadError, HttpError, ModuleLoadError, NetworkError } from "../core/errors.ts";
import { english } from "./en/guest.ts";
import { formatIsoDate } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const guestStrings = await loadStrings({ en: () => english });

/** Explains what an error means for a guest, and what to do next. */
export function explainToGuest(error: unknown, online = true): string {
  if (error instanceof NetworkError) return online ? guestStrings.unreachable : guestStrings.offline;
  if (error instanceof ModuleLoadError) return guestStrings.notLoaded;
  if (error instanceof HttpError && error.isTransient) {
    return error.retryAfter === null ? guestStrings.busy : guestStrings.tryAgainIn(minutesOf(error.retryAfter));
  }
  return guestStrings.unknownError;
}

/** Explains why a download was not prepared. */
export function explainDownloadError(error: unknown, online: boolean): string {
  if (error instanceof HttpError && error.status === 409) return guestStrings.downloadedTooOften;
  if (error instanceof HttpError && error.code === "too_many_photos") return guestStrings.tooManyToDownload;
  return explainToGuest(error, online);
}

/** Explains why a file was not uploaded. */
export function explainUploadError(error: unknown, maxBytes: number, online: boolean): string {
  if (error instanceof FileReadError) return guestStrings.unreadable;
  if (!(error instanceof HttpError)) return explainToGuest(error, online);
  if (error.code === "bucket") return guestStrings.uploadFailed;
  if (error.status === 413 || error.field === "bytes") return guestStrings.tooLarge(maxBytes);
  if (error.field === "filename") return guestStrings.notPhoto;
  if (error.status === 409) return guestStrings.linkIsFull;
  if (error.status === 404 || error.status === 403) return guestStrings.noLongerAdds;
  if (error.status === 410) return guestStrings.expired;
  if (error.status === 401) return guestStrings.passwordAgain;
  return explainToGuest(error, online);
}

/** A delay in whole minutes, at least 1. */
export function minutesOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 60_000));
}

/** The alternative text of a photo: its caption, or when it was taken. */
export function describePhoto({ caption, taken_local: taken }: { readonly caption: string; readonly taken_local: string | null }): string {
  if (caption !== "") return caption;
  return taken === null ? guestStrings.photoWithoutDate : guestStrings.photoFrom(formatIsoDate(taken.slice(0, 10)));
}
