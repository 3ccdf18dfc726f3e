/**
 * The client of the library's API for its users. Only this folder sends requests.
 *
 * It adds the token of the session and renews a rejected one once; `http-client.ts` sends the requests.
 */
import type { Clock } from "../core/clock.ts";
import { HttpError, SignedOutError } from "../core/errors.ts";
import type { Member, MemberApi, MemberRole } from "../state/album-members.ts";
import type { Album, AlbumApi, AlbumPage, AlbumScope, AlbumUpdate, NewAlbum } from "../state/albums.ts";
import type { ApiKey, ApiKeyApi, NewApiKey, Permission } from "../state/api-keys.ts";
import type { BatchApi, BatchChange, BatchResult } from "../state/batch-actions.ts";
import type { Bundle, BundleApi, BundleRequest, Label } from "../state/bundles.ts";
import type { Completion } from "../state/completions.ts";
import type { Favorites, RankingKind } from "../state/explore.ts";
import type { PhotoMap } from "../state/map-clusters.ts";
import type { Area } from "../state/map-projection.ts";
import type { Page } from "../state/photo-list.ts";
import type { FacetCounts } from "../state/facets.ts";
import type { LabelProgress, LabelRefreshApi } from "../state/label-refresh.ts";
import type { NearDuplicateApi, NearDuplicatePage } from "../state/near-duplicates.ts";
import type { Channel, NotificationApi, Notifications } from "../state/notifications.ts";
import type { PhotoApi, PhotoUpdate } from "../state/photo-editor.ts";
import type { Photo, RandomPhoto, SimilarPhotos } from "../state/photo.ts";
import type { NameSuggestion } from "../state/suggestions.ts";
import type { NewShare, Share, ShareApi, SharePage, ShareSubject, ShareTerms } from "../state/shares.ts";
import type { Statistics } from "../state/statistics.ts";
import type { Trend } from "../state/trends.ts";
import type { UploadMetadata } from "../state/upload-queue.ts";
import type { KnownDuplicate, UploadTicket } from "../state/upload-scheduler.ts";
import { searchQuery, viewQuery } from "../state/view-query.ts";
import { photosInState, recentlyAdded, type Scope, type TrendOrder, type View } from "../state/view.ts";
import { type ApiRequest, buildPath, type Fetch, type Headers, HttpClient, nullIfNotFound, translateNetworkErrors } from "./http-client.ts";
import type { components } from "./schema.d.ts";
import type { Method, PathOf, PathParameters, Query, RequestBody, ResponseBody } from "./openapi-types.ts";

export interface UploadRequest extends UploadMetadata {
  readonly filename: string;
  readonly bytes: number;
  /** SHA-256 of the file in hex, or null if it was not computed. */
  readonly sha256: string | null;
}

/** The tokens of the session. */
export interface TokenProvider {
  accessToken(): Promise<string | null>;
  renewAccessToken(rejected: string): Promise<string | null>;
  idToken(): Promise<string | null>;
  renewIdToken(rejected: string): Promise<string | null>;
}

type TokenKind = "access" | "id";

interface RequestOptions<M extends Method, P extends PathOf<M>> {
  /** Values for the `{names}` in the path. */
  readonly parameters?: PathParameters<M, P>;
  readonly query?: Query<M, P>;
  readonly body?: RequestBody<M, P>;
  readonly headers?: Headers;
  readonly token?: TokenKind;
}

const MAX_PAGE_SIZE = 100;
/** How many photos in processing, trending tags and completions to request. */
const PROCESSING_LIMIT = 50;
// Some of which are attributes, which the page shows last.
const TRENDS_LIMIT = 60;
const RANKING_LIMIT = 100;
const COMPLETIONS_LIMIT = 10;
const SUGGESTIONS_LIMIT = 8;
/** How many places or cameras to choose from. */
const NAMES_LIMIT = 100;
const SIMILAR_LIMIT = 12;

const NO_FACETS: FacetCounts = { tags: [], years: [], cameras: [], places: [], photos: 0, complete: true };

export class ApiClient
  implements AlbumApi, ApiKeyApi, BatchApi, BundleApi, LabelRefreshApi, MemberApi, NearDuplicateApi, NotificationApi, PhotoApi, ShareApi
{
  readonly #tokens: TokenProvider;
  readonly #http: HttpClient;

  constructor(base: string, tokens: TokenProvider, clock: Clock, fetch?: Fetch) {
    this.#tokens = tokens;
    this.#http = new HttpClient(base, clock, fetch);
  }

  /** One page of a view, newest first; with `count`, also how many photos there are, or which filters nothing matches. */
  async listPhotos(view: View, cursor: string | null, limit: number, count = false): Promise<Page> {
    if (view.album !== null) return await this.#listAlbumPhotos(view.album, view, cursor, limit);
    const query = { ...viewQuery(view), limit, cursor, count: count && cursor === null ? ("true" as const) : null };
    return await this.#request("get", "/photos", { query });
  }

  async #listAlbumPhotos(album: string, view: View, cursor: string | null, limit: number): Promise<Page> {
    const query = { ...searchQuery(view), review: view.review ? ("true" as const) : null, limit, cursor };
    return await this.#request("get", "/albums/{album_id}/photos", { parameters: { album_id: album }, query });
  }

  /** One page of the timeline of a view, oldest first. */
  async listOldestPhotos({ scope, from, to }: View, cursor: string | null, limit: number): Promise<Page> {
    return await this.#request("get", "/photos", { query: { scope, from, to, cursor, limit, order: "oldest" } });
  }

  /** The tags, years, cameras and places of the photos of a view. */
  async countFacets(view: View): Promise<FacetCounts> {
    const { facets } = await this.#request("get", "/photos", { query: { ...viewQuery(view), limit: 1, facets: "true" } });
    return facets ?? NO_FACETS;
  }

  /** Names of the library in which a word begins with a text. */
  async suggestNames(text: string, scope: Scope): Promise<readonly NameSuggestion[]> {
    return (await this.#request("get", "/search/suggestions", { query: { q: text, limit: SUGGESTIONS_LIMIT, scope } })).items;
  }

  /** The places or cameras of the user's own photos, the most frequent first. */
  async listNames(kind: "place" | "camera"): Promise<readonly string[]> {
    const { items } = await this.#request("get", "/gallery/trending", { query: { kind, scope: "mine", limit: NAMES_LIMIT } });
    return items.map(({ tag_name: name }) => name);
  }

  /** The user's own photos that were added last, at most one page. */
  async recentPhotos(): Promise<readonly Photo[]> {
    return (await this.listPhotos(recentlyAdded(), null, MAX_PAGE_SIZE)).items;
  }

  /** The newest of the user's own photos that are still processing. */
  async processingPhotos(): Promise<Page> {
    return await this.#request("get", "/photos", { query: { state: "processing", scope: "mine", limit: PROCESSING_LIMIT } });
  }

  /** The user's own rejected photos, at most one page. */
  async rejectedPhotos(): Promise<Page> {
    return await this.listPhotos(photosInState("rejected"), null, MAX_PAGE_SIZE);
  }

  /** One photo; null if it does not exist or the user may not see it. */
  async getPhoto(photoId: string): Promise<Photo | null> {
    return await nullIfNotFound(this.#request("get", "/photos/{photo_id}", { parameters: { photo_id: photoId } }));
  }

  async getStatistics(scope: Scope): Promise<Statistics> {
    return await this.#request("get", "/stats", { query: { scope } });
  }

  async listTrends(scope: Scope, order: TrendOrder): Promise<readonly Trend[]> {
    return (await this.#request("get", "/gallery/trending", { query: { scope, order, limit: TRENDS_LIMIT } })).items;
  }

  /** The most used tags, or places or cameras of the user's own photos, each with a cover. */
  async listRanking(kind: RankingKind, scope: Scope): Promise<readonly Trend[]> {
    return (await this.#request("get", "/gallery/trending", { query: { kind, scope, limit: RANKING_LIMIT } })).items;
  }

  /** How many favorites the user has, and the cover of one; null if there are none. */
  async getFavorites(): Promise<Favorites | null> {
    const query = { favorite: "true", scope: "mine", limit: 1, count: "true" } as const;
    const { items, found } = await this.#request("get", "/photos", { query });
    const [photo] = items;
    if (photo === undefined) return null;
    return { count: found?.photos ?? 1, exact: found?.exact === true, cover: photo.small_url ?? photo.thumbnail_url };
  }

  /** The clusters of the user's photos in an area of the map. */
  async getMap(area: Area): Promise<PhotoMap> {
    return await this.#request("get", "/photos/map", { query: { bounds: area.join(",") } });
  }

  /** A photo with a tag, drawn by weight, and the probability of drawing it. */
  async randomPhoto(tag: string, scope: Scope): Promise<RandomPhoto> {
    return await this.#request("get", "/random", { query: { label: tag, scope }, headers: { Accept: "application/json" } });
  }

  /** Tags of a scope that start with a prefix. */
  async completeTag(prefix: string, scope: Scope): Promise<readonly Completion[]> {
    return (await this.#request("get", "/gallery/tags", { query: { prefix, limit: COMPLETIONS_LIMIT, scope } })).items;
  }

  /** A page of groups of the user's photos that look almost the same. */
  async listNearDuplicates(cursor: string | null): Promise<NearDuplicatePage> {
    return await this.#request("get", "/photos/near-duplicates", { query: { cursor } });
  }

  /** The user's photos that are similar to one of them. */
  async similarPhotos(photoId: string): Promise<SimilarPhotos> {
    return await this.#request("get", "/photos/{photo_id}/similar", { parameters: { photo_id: photoId }, query: { limit: SIMILAR_LIMIT } });
  }

  /** A ticket to upload one file, or the photo that has the same bytes. */
  async createUpload({ filename, bytes, sha256, tags, status, album }: UploadRequest): Promise<UploadTicket | KnownDuplicate> {
    const body = { filename, bytes, status, ...(sha256 && { sha256 }), ...(tags.length > 0 && { tags }), ...(album !== null && { album }) };
    return await this.#request("post", "/uploads", { body });
  }

  /** Makes one change to up to 100 of the user's own photos; returns one result per photo. */
  async runBatch(photoIds: readonly string[], change: BatchChange): Promise<readonly BatchResult[]> {
    return (await this.#request("post", "/photos/batch", { body: { photo_ids: photoIds, ...change } })).results;
  }

  /** Updates a photo if it is still at `version`; throws an `HttpError` with status 412 if it is not. */
  async updatePhoto(photoId: string, update: PhotoUpdate, version: number): Promise<Photo> {
    const headers = { "If-Match": `"${version}"` };
    return present(await this.#request("patch", "/photos/{photo_id}", { parameters: { photo_id: photoId }, body: update, headers }));
  }

  /** The address in the id token accepts invitations to albums. */
  async listAlbums(scope: AlbumScope, cursor: string | null): Promise<AlbumPage> {
    return await this.#request("get", "/albums", { query: { scope, limit: MAX_PAGE_SIZE, cursor }, token: "id" });
  }

  async createAlbum(album: NewAlbum): Promise<Album> {
    return await this.#request("post", "/albums", { body: album });
  }

  async getAlbum(albumId: string): Promise<Album | null> {
    return await nullIfNotFound(this.#request("get", "/albums/{album_id}", { parameters: { album_id: albumId } }));
  }

  async updateAlbum(albumId: string, update: AlbumUpdate, version: number): Promise<Album> {
    const headers = { "If-Match": `"${version}"` };
    return present(await this.#request("patch", "/albums/{album_id}", { parameters: { album_id: albumId }, body: update, headers }));
  }

  /** Deletes an album; does nothing if it does not exist. */
  async deleteAlbum(albumId: string): Promise<void> {
    await nullIfNotFound(this.#request("delete", "/albums/{album_id}", { parameters: { album_id: albumId } }));
  }

  async orderAlbum(albumId: string, photoIds: readonly string[], version: number): Promise<Album> {
    const headers = { "If-Match": `"${version}"` };
    const parameters = { album_id: albumId };
    return present(await this.#request("put", "/albums/{album_id}/order", { parameters, body: { photo_ids: photoIds }, headers }));
  }

  async removeFromAlbum(albumId: string, photoId: string): Promise<void> {
    const parameters = { album_id: albumId, photo_id: photoId };
    await nullIfNotFound(this.#request("delete", "/albums/{album_id}/photos/{photo_id}", { parameters }));
  }

  async listMembers(albumId: string): Promise<readonly Member[]> {
    return (await this.#request("get", "/albums/{album_id}/members", { parameters: { album_id: albumId } })).items;
  }

  async addMember(albumId: string, email: string, role: MemberRole): Promise<Member> {
    return await this.#request("post", "/albums/{album_id}/members", { parameters: { album_id: albumId }, body: { email, role } });
  }

  async changeRole(albumId: string, memberId: string, role: MemberRole): Promise<Member> {
    const parameters = { album_id: albumId, member_id: memberId };
    return await this.#request("patch", "/albums/{album_id}/members/{member_id}", { parameters, body: { role } });
  }

  async removeMember(albumId: string, memberId: string): Promise<void> {
    const parameters = { album_id: albumId, member_id: memberId };
    await nullIfNotFound(this.#request("delete", "/albums/{album_id}/members/{member_id}", { parameters }));
  }

  async leaveAlbum(albumId: string): Promise<void> {
    await this.removeMember(albumId, "me");
  }

  async listKeys(): Promise<readonly ApiKey[]> {
    return (await this.#request("get", "/keys")).items;
  }

  async createKey(name: string, can: readonly Permission[]): Promise<NewApiKey> {
    return await this.#request("post", "/keys", { body: { name, can } });
  }

  async revokeKey(keyId: string): Promise<void> {
    await this.#request("delete", "/keys/{key_id}", { parameters: { key_id: keyId } });
  }

  async listShares(cursor: string | null): Promise<SharePage> {
    return await this.#request("get", "/shares", { query: { limit: MAX_PAGE_SIZE, cursor } });
  }

  async listAlbumShares(albumId: string): Promise<readonly Share[]> {
    return (await this.#request("get", "/albums/{album_id}/shares", { parameters: { album_id: albumId } })).items;
  }

  async createShare(subject: ShareSubject, terms: ShareTerms): Promise<NewShare> {
    if (subject.kind === "album") {
      // The generated type requires what has a default.
      const body = terms as components["schemas"]["AlbumShareRequest"];
      return await this.#request("post", "/albums/{album_id}/shares", { parameters: { album_id: subject.albumId }, body });
    }
    const { name, download, expires_at, password } = terms;
    const limits = { ...(expires_at !== undefined && { expires_at }), ...(password !== undefined && { password }) };
    const body = { photo_ids: subject.photoIds, title: subject.title, name, download, ...limits };
    return await this.#request("post", "/shares", { body });
  }

  async updateShare(shareId: string, terms: ShareTerms, version: number): Promise<Share> {
    const headers = { "If-Match": `"${version}"` };
    return await this.#request("patch", "/shares/{share}", { parameters: { share: shareId }, body: terms, headers });
  }

  async revokeShare(shareId: string): Promise<void> {
    await this.#request("delete", "/shares/{share}", { parameters: { share: shareId } });
  }

  /** The labels of the user's own library. */
  async listLabels(): Promise<readonly Label[]> {
    const { labels } = await this.#request("get", "/labels");
    return Object.entries(labels).map(([name, { count }]) => ({ name, count }));
  }

  async listBundles(): Promise<readonly Bundle[]> {
    return (await this.#request("get", "/bundles")).items;
  }

  async getBundle(bundleId: string): Promise<Bundle | null> {
    return await nullIfNotFound(this.#request("get", "/bundles/{bundle_id}", { parameters: { bundle_id: bundleId } }));
  }

  async createBundle(request: BundleRequest): Promise<string> {
    return (await this.#request("post", "/bundles", { body: request })).bundle_id;
  }

  async deleteBundle(bundleId: string): Promise<void> {
    await nullIfNotFound(this.#request("delete", "/bundles/{bundle_id}", { parameters: { bundle_id: bundleId } }));
  }

  async getLabelRefresh(): Promise<LabelProgress> {
    return await this.#request("get", "/labels/refresh");
  }

  async refreshLabels(tags: readonly string[]): Promise<LabelProgress> {
    return await this.#request("post", "/labels/refresh", { body: tags.length > 0 ? { tags } : {} });
  }

  /** The user's notification subscriptions; the route requires an id token. */
  async getNotifications(): Promise<Notifications> {
    return await this.#request("get", "/me/notifications", { token: "id" });
  }

  async subscribe(channel: Channel): Promise<Notifications> {
    return await this.#request("post", "/me/notifications", { body: { channel }, token: "id" });
  }

  async unsubscribe(): Promise<void> {
    await this.#request("delete", "/me/notifications", { token: "id" });
  }

  /** Sends a request; the response has the type that the API's description gives it. */
  async #request<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    { parameters, query, body, headers = {}, token = "access" }: RequestOptions<M, P> = {},
  ): Promise<ResponseBody<M, P>> {
    const raw = { method: method.toUpperCase(), path: buildPath(path, parameters ?? {}, query ?? {}), body, headers };
    return (await this.#http.request(raw, this.#sendWithToken(token))) as ResponseBody<M, P>;
  }

  /** Sends the token if there is one, and renews it once if the API rejects it. */
  #sendWithToken =
    (kind: TokenKind) =>
    async (request: ApiRequest): Promise<Response> => {
      const isId = kind === "id";
      const token = await translateNetworkErrors(isId ? this.#tokens.idToken() : this.#tokens.accessToken());
      const response = await this.#http.send(withToken(request, token));
      if (response.status !== 401) return response;
      const renew = (rejected: string) => (isId ? this.#tokens.renewIdToken(rejected) : this.#tokens.renewAccessToken(rejected));
      const renewed = token === null ? null : await translateNetworkErrors(renew(token));
      if (renewed === null) throw new SignedOutError();
      return await this.#http.send(withToken(request, renewed));
    };
}

function withToken(request: ApiRequest, token: string | null): ApiRequest {
  return token === null ? request : { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}

/** What was changed; only API keys that may not read get nothing. */
function present<Body>(body: Body | null): Body {
  if (body === null) throw new HttpError(204, "unknown", "");
  return body;
}
