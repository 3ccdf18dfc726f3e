/**
 * The photo of the API, and what derives from it: sort order, image sizes, alternative text.
 */
import type { components, paths } from "../api/schema.d.ts";
import { type CaptureTime, minutesWest, parseClock } from "./capture-time.ts";

/** A photo as the API returns it. */
export type Photo = components["schemas"]["Photo"];
export type Visibility = Photo["status"];
export type PhotoState = Photo["state"];

/** A photo drawn at random, and the probability of drawing it. */
export type RandomPhoto = paths["/random"]["get"]["responses"][200]["content"]["application/json"];

/** Photos similar to another one, and whether they could be compared. */
export type SimilarPhotos = paths["/photos/{photo_id}/similar"]["get"]["responses"][200]["content"]["application/json"];

/** How the library made the derivatives of an original. */
export type Processing = components["schemas"]["Processing"];

/** How a photo was exposed: in seconds and millimeters. */
export type Exposure = NonNullable<Photo["exposure"]>;

/** Dimensions, size and format of an image file. */
export type ImageInfo = NonNullable<Processing["original"]>;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the sizes of a photo's images derive from; null if the dimensions of the original are not known. */
type Dimensions = Pick<Photo, "width" | "height">;

/** The longest edge of the preview and of the small image of photos that are no panoramas, px. */
const PREVIEW_EDGE = 1600;
const SMALL_EDGE = 640;
/** The longest edge of any panorama's preview, px. */
const PANORAMA_EDGE = 10_000;

/** Formats of originals that browsers display upright and without playing them. */
const DISPLAYED_FORMATS = ["JPEG", "PNG", "WEBP"];
/** Browsers decode an original at once, with 4 bytes per pixel. */
const MAX_DISPLAYED_PIXELS = 50_000_000;

/** The grid crops photos with ratios beyond these. */
const MIN_TILE_RATIO = 0.5;
const MAX_TILE_RATIO = 3;

/** What the camera's clock showed, as ms since 1970 on that clock; if unknown, when the photo was received, in UTC. */
export function sortedAt({ taken_local: local, created_at: received }: Photo): number {
  return local === null ? Date.parse(received) : parseClock(local);
}

/** When the photo was taken; null if unknown. */
export function captureTime({ taken_local, offset }: Photo): CaptureTime | null {
  return taken_local === null ? null : { taken_local, offset };
}

/** Whether the owner corrected when the photo was taken; false for photos of others. */
export function isCorrected({ taken_local, offset, camera_time: camera }: Photo): boolean {
  return camera !== undefined && (taken_local !== (camera?.taken_local ?? null) || offset !== (camera?.offset ?? null));
}

/** The corrected time; null if the photo has the camera's. */
export function correctedTime(photo: Photo): CaptureTime | null {
  return isCorrected(photo) ? captureTime(photo) : null;
}

/** The time by which the photo is sorted, for `<time datetime>`. */
export function sortedAtAttribute({ taken_local: local, offset, created_at: received }: Photo): string {
  return local === null ? received : `${local}${offset ?? ""}`;
}

/** Compares by the camera's clock, newest first, then by the moment in UTC and by id, so that the order is total. */
export function newestFirst(a: Photo, b: Photo): number {
  const apart = sortedAt(b) - sortedAt(a) || minutesWest(b.offset) - minutesWest(a.offset);
  if (apart !== 0) return apart;
  return a.photo_id < b.photo_id ? 1 : a.photo_id > b.photo_id ? -1 : 0;
}

/** Compares by the time of the upload, newest first, then by id. */
export function lastAddedFirst(a: Photo, b: Photo): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at) || (a.photo_id < b.photo_id ? 1 : a.photo_id > b.photo_id ? -1 : 0);
}

/** The aspect ratio (width / height) of the photo's tile. */
export function tileRatio({ width, height }: Dimensions): number {
  if (!width || !height) return 1;
  return Math.min(MAX_TILE_RATIO, Math.max(MIN_TILE_RATIO, width / height));
}

/** The size of the preview, px. */
export function previewSize(photo: Dimensions): Size {
  return fitWithin(photo, PREVIEW_EDGE);
}

/** The `srcset` of a tile; null if there is only the preview. */
export function tileSrcset(photo: Dimensions & Pick<Photo, "small_url" | "image_url">): string | null {
  const { small_url: small, image_url: preview } = photo;
  if (!small || !preview || small === preview) return null;
  return `${small} ${fitWithin(photo, SMALL_EDGE).width}w, ${preview} ${previewSize(photo).width}w`;
}

/** The size of the photo, px; of the preview, if the original's is not known. */
export function fullSize(photo: Dimensions): Size {
  const { width, height } = photo;
  return width && height ? { width, height } : previewSize(photo);
}

/** The `srcset` of the viewer: the preview, and larger images to zoom into; the original only for its owner. */
export function viewerSrcset(photo: Dimensions & Pick<Photo, "image_url" | "resized_url" | "original_url" | "format">): string | null {
  const { image_url: preview, resized_url: resized, original_url: original, format } = photo;
  const { width, height } = fullSize(photo);
  const previewWidth = previewSize(photo).width;
  if (!preview || previewWidth === width) return null;
  const sources = [`${preview} ${previewWidth}w`];
  const half = Math.ceil(width / 2);
  if (resized && half > previewWidth) sources.push(`${resized} ${half}w`);
  const displayed = DISPLAYED_FORMATS.includes(format ?? "") && width * height <= MAX_DISPLAYED_PIXELS;
  if (original && displayed) sources.push(`${original} ${width}w`);
  return sources.join(", ");
}

/** The width of a photo that covers its tile, for `sizes`, CSS px. */
export function coverWidth({ width, height }: Dimensions, tile: Size): number {
  return Math.ceil(width && height ? Math.max(tile.width, (tile.height * width) / height) : tile.width);
}

function fitWithin({ width, height }: Dimensions, edge: number): Size {
  if (!width || !height) return { width: edge, height: edge };
  const longest = Math.max(width, height);
  // As chalicelib/images/geometry.py does.
  const ratio = longest / Math.min(width, height);
  const limit = Math.min(PANORAMA_EDGE, Math.round(edge * Math.max(1, Math.min(ratio / 2, Math.sqrt(ratio)))));
  const scale = Math.min(1, limit / longest);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The alternative text of a photo. */
export function altText({ filename, tags }: Photo): string {
  return tags.length === 0 ? filename : `${tags.slice(0, 5).join(", ")} (${filename})`;
}
