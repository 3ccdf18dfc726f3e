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

const ADDRESSES = ["issuer", "authorize", "token", "logout", "client_id", "redirect_uri"] as const;

/** Reads what was in `config.json`; throws an error that names every missing field. */
export function readConfig(raw: unknown): Config {
  const given = record(raw);
  const identity = record(given.identity);
  const missing = [
    ...(isText(given.api) ? [] : ["api"]),
    ...ADDRESSES.filter((name) => !isText(identity[name])).map((name) => `identity.${name}`),
  ];
  if (missing.length > 0) throw new Error(`config.json lacks ${missing.join(", ")}`);
  const text = (name: (typeof ADDRESSES)[number]) => identity[name] as string;
  return {
    api: (given.api as string).replace(/\/+$/, ""),
    identity: {
      issuer: text("issuer"),
      authorize: text("authorize"),
      token: text("token"),
      logout: text("logout"),
      client_id: text("client_id"),
      redirect_uri: text("redirect_uri"),
      scopes: scopes(identity.scopes),
    },
    demo: given.demo === true,
  };
}

function record(raw: unknown): Record<string, unknown> {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
}

function isText(raw: unknown): raw is string {
  return typeof raw === "string" && raw !== "";
}

/** Scopes as a list, also where they are written as one text with spaces. */
function scopes(raw: unknown): string[] {
  if (isText(raw)) return raw.split(/\s+/);
  return Array.isArray(raw) && raw.length > 0 ? raw.filter(isText) : ["openid"];
}
