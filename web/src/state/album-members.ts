/**
 * The people of an album: its members, and those who are invited.
 */
import { Observable } from "../core/observable.ts";

export type MemberRole = "viewer" | "contributor";

export interface Member {
  readonly member_id: string;
  /** Null if it is not known any more. */
  readonly email: string | null;
  readonly role: MemberRole;
  /** pending: the person has not signed in since. */
  readonly state: "active" | "pending";
  readonly added_at: string;
}

/** The API routes for the people of an album. */
export interface MemberApi {
  listMembers(albumId: string): Promise<readonly Member[]>;
  addMember(albumId: string, email: string, role: MemberRole): Promise<Member>;
  changeRole(albumId: string, memberId: string, role: MemberRole): Promise<Member>;
  removeMember(albumId: string, memberId: string): Promise<void>;
}

export class AlbumMembers extends Observable {
  readonly #api: MemberApi;
  readonly #albumId: string;

  status: "loading" | "ready" | "failed" = "loading";
  items: readonly Member[] = [];
  /** Why loading or the last change failed. */
  error: unknown = null;
  /** Whether a change is being sent; one at a time. */
  busy = false;
  /** The member to remove, while the user is asked to confirm. */
  toRemove: string | null = null;

  constructor(api: MemberApi, albumId: string) {
    super();
    this.#api = api;
    this.#albumId = albumId;
  }

  async load(): Promise<void> {
    this.#update({ status: "loading", error: null });
    try {
      this.#update({ items: await this.#api.listMembers(this.#albumId), status: "ready" });
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Adds a person by their address; returns whether the API accepted it. */
  async add(email: string, role: MemberRole): Promise<boolean> {
    return await this.#change(async () => {
      const member = await this.#api.addMember(this.#albumId, email, role);
      return [...this.#without(member.member_id), member];
    });
  }

  async changeRole(memberId: string, role: MemberRole): Promise<boolean> {
    return await this.#change(async () => {
      const changed = await this.#api.changeRole(this.#albumId, memberId, role);
      return this.items.map((member) => (member.member_id === memberId ? { ...member, ...changed } : member));
    });
  }

  askToRemove(memberId: string | null): void {
    if (!this.busy) this.#update({ toRemove: memberId, error: null });
  }

  /** Removes the confirmed member; returns whether the API did. */
  async remove(): Promise<boolean> {
    const memberId = this.toRemove;
    if (memberId === null) return false;
    return await this.#change(async () => {
      await this.#api.removeMember(this.#albumId, memberId);
      this.toRemove = null;
      return this.#without(memberId);
    });
  }

  async #change(send: () => Promise<readonly Member[]>): Promise<boolean> {
    if (this.busy) return false;
    this.#update({ busy: true, error: null });
    try {
      this.#update({ items: await send(), busy: false });
      return true;
    } catch (error) {
      this.#update({ error, busy: false });
      return false;
    }
  }

  #without(memberId: string): readonly Member[] {
    return this.items.filter(({ member_id }) => member_id !== memberId);
  }

  #update(change: Partial<Pick<AlbumMembers, "status" | "items" | "error" | "busy" | "toRemove">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
