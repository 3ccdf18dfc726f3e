/**
 * The form of a shared link: what its fields mean as terms of the link.
 */
import type { DownloadRight, Share, ShareTerms } from "./shares.ts";

/** When a link ends: never, after some days, at the end of a chosen day, or when it already does. */
export const EXPIRIES = ["never", "1", "7", "30", "365", "date", "keep"] as const;
export type Expiry = (typeof EXPIRIES)[number];

/** The submitted fields, as text. */
export interface ShareFields {
  readonly name: string;
  readonly download: DownloadRight;
  readonly add: boolean;
  readonly review: boolean;
  readonly expiry: Expiry;
  /** The chosen day, YYYY-MM-DD, or empty. */
  readonly date: string;
  /** The new password, or empty. */
  readonly password: string;
  readonly removePassword: boolean;
}

export type InvalidField = "date" | "password";

export const MIN_PASSWORD_LENGTH = 4;

/** The first field that is invalid, or null. `now` is in ms since the epoch. */
export function findInvalidField({ expiry, date, password }: ShareFields, now: number): InvalidField | null {
  if (expiry === "date" && !(endOfDay(date) > now)) return "date";
  return password !== "" && password.length < MIN_PASSWORD_LENGTH ? "password" : null;
}

/** The terms of a link for the fields; of one that exists, only those that change. */
export function termsOf(fields: ShareFields, existing: Share | null, now: number): ShareTerms {
  const { name, download, add, review, expiry, password, removePassword } = fields;
  const terms = { name: name.trim(), download, add, review: add && review };
  return {
    ...terms,
    ...(expiry !== "keep" && { expires_at: expiryTime(fields, now) }),
    ...(password !== "" ? { password } : existing?.has_password === true && removePassword ? { password: null } : {}),
  };
}

function expiryTime({ expiry, date }: ShareFields, now: number): string | null {
  if (expiry === "never") return null;
  if (expiry === "date") return new Date(endOfDay(date)).toISOString();
  return new Date(now + Number(expiry) * 86_400_000).toISOString();
}

/** The last moment of a day on the user's clock, ms since the epoch; NaN if it is no day. */
function endOfDay(date: string): number {
  return Date.parse(`${date}T23:59:59`);
}
