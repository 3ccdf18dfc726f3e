/**
 * The page's configuration, read from the `config.json` next to it.
 */

export interface IdentityConfig {
  readonly issuer: string;
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  readonly logout: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scopes: readonly string[];
}

export interface Config {
  /** Base URL of the API, without a trailing slash. */
  readonly api: string;
  readonly identity: IdentityConfig;
  /** True for the demo library on a laptop; its terminal shows how to sign in. */
  readonly demo: boolean;
  /** How often the gallery refreshes, ms; null: less and less often while nothing changes. */
  readonly refreshInterval: number | null;
}

const REQUIRED_FIELDS = ["issuer", "authorize", "token", "revoke", "logout", "client_id", "redirect_uri"] as const;

/** Validates the content of `config.json`; throws an error that names every missing field. */
export function readConfig(raw: unknown): Config {
  const fields = toRecord(raw);
  const identity = toRecord(fields.identity);
  const missing = [
    ...(isNonEmptyString(fields.api) ? [] : ["api"]),
    ...REQUIRED_FIELDS.filter((name) => !isNonEmptyString(identity[name])).map((name) => `identity.${name}`),
  ];
  if (missing.length > 0) throw new Error(`Missing in config.json: ${missing.join(", ")}`);
  const text = (name: (typeof REQUIRED_FIELDS)[number]) => identity[name] as string;
  return {
    api: (fields.api as string).replace(/\/+$/, ""),
    identity: {
      issuer: text("issuer"),
      authorize: text("authorize"),
      token: text("token"),
      revoke: text("revoke"),
      logout: text("logout"),
      client_id: text("client_id"),
      redirect_uri: text("redirect_uri"),
      scopes: readScopes(identity.scopes),
    },
    demo: fields.demo === true,
    refreshInterval: typeof fields.refresh_seconds === "number" ? fields.refresh_seconds * 1000 : null,
  };
}

function toRecord(raw: unknown): Record<string, unknown> {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
}

function isNonEmptyString(raw: unknown): raw is string {
  return typeof raw === "string" && raw !== "";
}

/** Scopes as a list, from an array or a space-separated string. */
function readScopes(raw: unknown): string[] {
  if (isNonEmptyString(raw)) return raw.split(/\s+/);
  return Array.isArray(raw) && raw.length > 0 ? raw.filter(isNonEmptyString) : ["openid"];
}
