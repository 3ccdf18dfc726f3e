/**
 * Strings of the page itself, in its language, and explanations of errors for users.
 */
import { HttpError, ModuleLoadError, NetworkError, SignedOutError, StorageError, STORAGE_FULL } from "../core/errors.ts";
import type { NetworkStatus } from "../core/network-status.ts";
import { english } from "./en/common.ts";
import { formatIsoDate, formatIsoDateRange, formatNumber, formatPercent } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const strings = await loadStrings({ en: () => english });

/** Explains what an error means for the user, and what to do next. */
export function explain(error: unknown): string {
  if (error instanceof SignedOutError) return strings.signedOut;
  if (error instanceof StorageError) return strings.storageBlocked;
  if (error instanceof NetworkError) return strings.unreachable;
  if (error instanceof ModuleLoadError) return strings.notLoaded;
  if (error instanceof HttpError) {
    if (error.status === 429) return strings.busy;
    if (error.status === STORAGE_FULL) return strings.storageFull;
    if (error.status < 500 && error.message !== "") return error.message;
  }
  return strings.unknownError;
}

/** Like `explain`, for content that is loaded again as soon as the browser is back online. */
export function explainLoadError(error: unknown, { online }: Pick<NetworkStatus, "online">): string {
  return error instanceof NetworkError && !online ? strings.unavailableOffline : explain(error);
}

/** Describes the dates of a view, which may be open at either end. */
export function describeDates(from: string | null, to: string | null): string {
  if (from !== null && to !== null) return formatIsoDateRange(from, to);
  if (from !== null) return strings.since(formatIsoDate(from));
  return to === null ? strings.allPhotos : strings.until(formatIsoDate(to));
}

/** Describes how likely a random photo was. */
export function describeOdds(probability: number): string {
  if (probability >= 1) return strings.onlyPhoto;
  const draws = formatNumber(1 / probability, { maximumSignificantDigits: probability > 0.1 ? 2 : 3 });
  return strings.odds(formatPercent(probability, { maximumSignificantDigits: 2 }), draws);
}
