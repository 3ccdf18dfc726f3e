/**
 * What the page must know of its library, as `config.json` beside it tells.
 */

export interface IdentityConfig {
  readonly issuer: string;
  readonly authorize: string;
  readonly token: string;
  readonly logout: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scopes: readonly string[];
}

export interface Config {
  /** Base address of the API, without a slash at its end. */
  readonly api: string;
  readonly identity: IdentityConfig;
  /** True on a laptop's demo library, whose sign-in stands in the terminal. */
  readonly demo: boolean;
}

const REQUIRED_FIELDS = ["issuer", "authorize", "token", "logout", "client_id", "redirect_uri"] as const;

/** Reads what was in `config.json`; throws an error that names every missing field. */
export function readConfig(raw: unknown): Config {
  const given = toRecord(raw);
  const identity = toRecord(given.identity);
  const missing = [
    ...(isNonEmptyString(given.api) ? [] : ["api"]),
    ...REQUIRED_FIELDS.filter((name) => !isNonEmptyString(identity[name])).map((name) => `identity.${name}`),
  ];
  if (missing.length > 0) throw new Error(`config.json lacks ${missing.join(", ")}`);
  const text = (name: (typeof REQUIRED_FIELDS)[number]) => identity[name] as string;
  return {
    api: (given.api as string).replace(/\/+$/, ""),
    identity: {
      issuer: text("issuer"),
      authorize: text("authorize"),
      token: text("token"),
      logout: text("logout"),
      client_id: text("client_id"),
      redirect_uri: text("redirect_uri"),
      scopes: readScopes(identity.scopes),
    },
    demo: given.demo === true,
  };
}

function toRecord(raw: unknown): Record<string, unknown> {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
}

function isNonEmptyString(raw: unknown): raw is string {
  return typeof raw === "string" && raw !== "";
}

/** Scopes as a list, also where they are written as one text with spaces. */
function readScopes(raw: unknown): string[] {
  if (isNonEmptyString(raw)) return raw.split(/\s+/);
  return Array.isArray(raw) && raw.length > 0 ? raw.filter(isNonEmptyString) : ["openid"];
}
