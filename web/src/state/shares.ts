/**
 * The user's shared links: those of an album or all of them, the one just created, and the one about to be revoked.
 *
 * The API returns the token of a new link once. It is held here, and nowhere else, until the dialog closes.
 */
import type { components } from "../api/schema.d.ts";
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";

/** A shared link as its owner sees it. */
export type Share = components["schemas"]["Share"];
/** A new link with its URL, which the API returns only once. */
export type NewShare = components["schemas"]["NewShare"];
export type DownloadRight = Share["download"];

export interface SharePage {
  readonly items: readonly Share[];
  readonly cursor: string | null;
}

/** What a link allows, as its owner sets it; an end and a password that are left out stay as they are. */
export type ShareTerms = Required<Pick<Share, "name" | "download" | "add" | "review">> &
  Pick<components["schemas"]["ShareUpdate"], "expires_at" | "password">;

/** What is shared. */
export type ShareSubject =
  | { readonly kind: "album"; readonly albumId: string; readonly title: string }
  | { readonly kind: "photos"; readonly photoIds: readonly string[]; readonly title: string };

/** The API routes for shared links. */
export interface ShareApi {
  /** One page of all links of the user, newest first. */
  listShares(cursor: string | null): Promise<SharePage>;
  listAlbumShares(albumId: string): Promise<readonly Share[]>;
  createShare(subject: ShareSubject, terms: ShareTerms): Promise<NewShare>;
  /** Changes a link if it is still at `version`; throws an `HttpError` with status 412 if it is not. */
  updateShare(shareId: string, terms: ShareTerms, version: number): Promise<Share>;
  revokeShare(shareId: string): Promise<void>;
}

export class Shares extends Observable {
  readonly #api: ShareApi;
  readonly #subject: ShareSubject | null;
  #cursor: string | null = null;

  status: "loading" | "ready" | "failed" = "loading";
  items: readonly Share[] = [];
  loadingMore = false;
  /** The last error, or null. */
  error: unknown = null;
  /** Whether a link is being created, changed or revoked. */
  busy = false;
  /** The link that was just created, with its URL. */
  created: NewShare | null = null;
  /** The link whose form is open. */
  editing: Share | null = null;
  /** The link to revoke, while the user is asked to confirm. */
  toRevoke: Share | null = null;

  /** `subject` is what the links are for; null for all links of the user, of which none can be created. */
  constructor(api: ShareApi, subject: ShareSubject | null) {
    super();
    this.#api = api;
    this.#subject = subject;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Loads the list; photos have none of their own. */
  async load(): Promise<void> {
    this.#update({ status: "loading", error: null });
    try {
      const { items, cursor } = await this.#fetch(null);
      this.#cursor = cursor;
      this.#update({ items, status: "ready" });
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  async loadMore(): Promise<void> {
    if (this.#cursor === null || this.loadingMore) return;
    this.#update({ loadingMore: true, error: null });
    try {
      const { items, cursor } = await this.#fetch(this.#cursor);
      this.#cursor = cursor;
      this.#update({ items: [...this.items, ...items], loadingMore: false });
    } catch (error) {
      this.#update({ loadingMore: false, error });
    }
  }

  /** Creates a link, to photos with a title of its own; returns whether it did. */
  async create(terms: ShareTerms, title: string): Promise<boolean> {
    const subject = this.#subject;
    if (subject === null) throw new Error("nothing to share");
    return await this.#run(async () => {
      const created = await this.#api.createShare(subject.kind === "photos" ? { ...subject, title } : subject, terms);
      this.#update({ created, items: [created, ...this.items] });
    });
  }

  /** Discards the URL of the new link. */
  dismissCreated(): void {
    this.#update({ created: null });
  }

  /** Opens the form of a link. */
  edit(share: Share): void {
    if (!this.busy) this.#update({ editing: share, toRevoke: null, error: null });
  }

  cancelEdit(): void {
    if (!this.busy) this.#update({ editing: null, error: null });
  }

  /** Changes the link whose form is open; returns whether it did. */
  async save(terms: ShareTerms): Promise<boolean> {
    const share = this.editing;
    if (share === null) throw new Error("no link to change");
    return await this.#run(async () => {
      const saved = await this.#api.updateShare(share.share_id, terms, share.version);
      this.#update({ editing: null, items: this.items.map((other) => (other.share_id === saved.share_id ? saved : other)) });
    });
  }

  /** Asks the user to confirm that a link should be revoked. */
  askToRevoke(share: Share): void {
    if (!this.busy) this.#update({ toRevoke: share, editing: null, error: null });
  }

  cancelRevoke(): void {
    if (!this.busy) this.#update({ toRevoke: null, error: null });
  }

  /** Revokes the confirmed link; returns whether it did. A link that no longer exists counts as revoked. */
  async revoke(): Promise<boolean> {
    const share = this.toRevoke;
    if (share === null) throw new Error("no link to revoke");
    return await this.#run(async () => {
      await this.#api.revokeShare(share.share_id).catch((error: unknown) => {
        if (!(error instanceof HttpError && error.status === 404)) throw error;
      });
      const created = this.created?.share_id === share.share_id ? null : this.created;
      this.#update({ toRevoke: null, created, items: this.items.filter(({ share_id }) => share_id !== share.share_id) });
    });
  }

  async #fetch(cursor: string | null): Promise<SharePage> {
    const subject = this.#subject;
    if (subject === null) return await this.#api.listShares(cursor);
    return { items: subject.kind === "album" ? await this.#api.listAlbumShares(subject.albumId) : [], cursor: null };
  }

  /** Runs one change at a time; returns whether it succeeded. */
  async #run(change: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.#update({ busy: true, error: null });
    try {
      await change();
      this.#update({ busy: false });
      return true;
    } catch (error) {
      this.#update({ busy: false, error });
      return false;
    }
  }

  #update(change: Partial<Pick<Shares, "status" | "items" | "loadingMore" | "error" | "busy" | "created" | "editing" | "toRevoke">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
