/**
 * A photo as the API tells it, and what follows from that alone: its place in time, its shape, its name in words.
 */

export type Visibility = "public" | "private";
export type PhotoState = "uploading" | "processing" | "ready" | "rejected" | "duplicate" | "trashed";

export interface Photo {
  readonly photo_id: string;
  readonly filename: string;
  readonly tags: readonly string[];
  readonly label: string | null;
  /** How often it is drawn at random beside others: more than 0, less than 1. */
  readonly weight: number;
  readonly status: Visibility;
  readonly state: PhotoState;
  readonly reason: string | null;
  readonly created_at: string;
  readonly taken_at: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Thumbhash, base64. */
  readonly placeholder: string | null;
  /** The preview: fits in 1600 x 1600 px. */
  readonly image_url: string | null;
  readonly thumbnail_url: string | null;
  readonly resized_url: string | null;
  /** Fits in 640 x 640 px; none for photos of before there was one. */
  readonly small_url: string | null;
  readonly bytes: number | null;
  readonly format: string | null;
  readonly mine: boolean;
  readonly version: number;
  /** Told to its owner alone. */
  readonly camera?: string | null;
  readonly original_url?: string | null;
  readonly processing?: Processing;
  /** The photo that has the same bytes; told of duplicates alone. */
  readonly duplicate_of?: string;
}

/** A photo that was drawn at random, and the share of draws that it comes up in. */
export interface RandomPhoto {
  readonly photo: Photo;
  readonly probability: number;
}

/** An image as the library measured it. */
export interface ImageInfo {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly format: string;
}

/** How the library made its images of an original. */
export interface Processing {
  readonly original: ImageInfo | null;
  readonly resized: ImageInfo | null;
  readonly size_reduction_percent: number | null;
  readonly received_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly event: {
    readonly bucket?: string;
    readonly key?: string;
    readonly event_name?: string | null;
    readonly event_time?: string | null;
    readonly region?: string | null;
  } | null;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Longest edge of a preview, px, and of the small image. */
const PREVIEW_EDGE = 1600;
const SMALL_EDGE = 640;

/** Ratios beyond these are cropped in the grid, where they would be a sliver. */
const MIN_TILE_RATIO = 0.5;
const MAX_TILE_RATIO = 3;

/** When the photo was taken, else received: milliseconds since the epoch. */
export function sortedAt(photo: Photo): number {
  return Date.parse(photo.taken_at ?? photo.created_at);
}

/** Sorts the newest first; photos of one moment by id, so that an order is total. */
export function newestFirst(a: Photo, b: Photo): number {
  const apart = sortedAt(b) - sortedAt(a);
  if (apart !== 0) return apart;
  return a.photo_id < b.photo_id ? 1 : a.photo_id > b.photo_id ? -1 : 0;
}

/** Width over height of the photo's tile. */
export function tileRatio({ width, height }: Photo): number {
  if (!width || !height) return 1;
  return Math.min(MAX_TILE_RATIO, Math.max(MIN_TILE_RATIO, width / height));
}

/** Size of the photo's preview, px. */
export function previewSize(photo: Photo): Size {
  return fitWithin(photo, PREVIEW_EDGE);
}

/** The images that a tile may show, for `srcset`; null where there is but the preview. */
export function tileSrcset(photo: Photo): string | null {
  const { small_url: small, image_url: preview } = photo;
  if (!small || !preview || small === preview) return null;
  return `${small} ${fitWithin(photo, SMALL_EDGE).width}w, ${preview} ${previewSize(photo).width}w`;
}

/** How wide a photo is that covers its tile, whose edges may cut it off: CSS px, for `sizes`. */
export function coverWidth({ width, height }: Photo, tile: Size): number {
  return Math.ceil(width && height ? Math.max(tile.width, (tile.height * width) / height) : tile.width);
}

function fitWithin({ width, height }: Photo, edge: number): Size {
  if (!width || !height) return { width: edge, height: edge };
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The photo in words, for whoever cannot see it. */
export function altText({ filename, tags }: Photo): string {
  return tags.length === 0 ? filename : `${tags.slice(0, 5).join(", ")} (${filename})`;
}
