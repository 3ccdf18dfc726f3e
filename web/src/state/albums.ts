/**
 * Albums as the API returns them, and what a person may do with one.
 */
import type { components, paths } from "../api/schema.d.ts";

/** Whose albums: the user's own, or those of others that they are a member of. */
export type AlbumScope = "mine" | "shared";

/** An album; only one that is loaded alone has the days of its photos and, for its owner, how many there are to review. */
export type Album = components["schemas"]["Album"] &
  Partial<Omit<components["schemas"]["AlbumDetails"], keyof components["schemas"]["Album"]>>;
/** Fields to change. */
export type AlbumUpdate = Omit<components["schemas"]["AlbumUpdate"], "query">;
export type AlbumOrder = Album["order"];
export type NewAlbum = components["schemas"]["AlbumRequest"];
export type AlbumPage = paths["/albums"]["get"]["responses"][200]["content"]["application/json"];

/** The API routes for albums. */
export interface AlbumApi {
  /** A page of albums, the last created or added first. */
  listAlbums(scope: AlbumScope, cursor: string | null): Promise<AlbumPage>;
  createAlbum(album: NewAlbum): Promise<Album>;
  /** Null if it does not exist, or the user may not see it. */
  getAlbum(albumId: string): Promise<Album | null>;
  /** Updates an album that is at this version. */
  updateAlbum(albumId: string, update: AlbumUpdate, version: number): Promise<Album>;
  deleteAlbum(albumId: string): Promise<void>;
  /** Orders an album that is at this version by hand: these photos first, in this order. */
  orderAlbum(albumId: string, photoIds: readonly string[], version: number): Promise<Album>;
  /** Removes a photo, also one of somebody else, from an album. */
  removeFromAlbum(albumId: string, photoId: string): Promise<void>;
  /** The user gives up their membership. */
  leaveAlbum(albumId: string): Promise<void>;
}

export const MAX_TITLE_LENGTH = 200;
export const MAX_DESCRIPTION_LENGTH = 2000;
/** How many photos an album can have to be ordered by hand. */
export const MAX_ORDERED_PHOTOS = 1000;
/** How many photos to review the API counts. */
export const MAX_TO_REVIEW = 100;

/** Whether an album is a saved search. */
export function isSmart({ query }: Pick<Album, "query">): boolean {
  return query !== null;
}

/** Whether the user may add photos to an album. */
export function acceptsPhotos({ query, role }: Pick<Album, "query" | "role">): boolean {
  return query === null && role !== "viewer";
}

/** Whether the user may order an album by hand, as far as its number of photos allows it. */
export function canOrderByHand({ query, role, photos }: Album): boolean {
  return query === null && role === "owner" && photos !== null && photos <= MAX_ORDERED_PHOTOS;
}
