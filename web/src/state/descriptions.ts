/**
 * What the owner says of a photo, beside what its file says: caption, rating, place and coordinates.
 *
 * The API takes null for "as the file says", and says itself what that is.
 */
import type { components } from "../api/schema.d.ts";
import { areEqual, type Coordinates, NO_POSITION, positionOf } from "./coordinates.ts";
import type { Photo } from "./photo.ts";

/** The longest caption, characters. */
export const MAX_CAPTION = 2000;
/** The highest rating, stars. */
export const MAX_RATING = 5;

type Field = "caption" | "rating" | "place" | "coordinates";
type Descriptions = Partial<Pick<Photo, Field>>;
type PhotoUpdate = components["schemas"]["PhotoUpdate"];
type DescriptionUpdate = { readonly [Each in Field]?: PhotoUpdate[Each] | undefined };

/** The caption by the owner, maybe empty; null if it is the file's. */
export function ownCaption({ caption, file }: Photo): string | null {
  return file === undefined || caption === file.caption ? null : caption;
}

/** The rating by the owner, 0 to 5; null if it is the file's. */
export function ownRating({ rating, file }: Photo): number | null {
  return rating === undefined || rating === file?.rating ? null : rating;
}

/** The place by the owner, maybe empty; null if it is that of the coordinates. */
export function ownPlace({ place, file }: Photo): string | null {
  return place === undefined || place === file?.place ? null : (place ?? "");
}

/** The coordinates by the owner, 0 and 0 if they removed those of the file; null if they are the file's. */
export function ownCoordinates({ coordinates, file }: Photo): Coordinates | null {
  if (coordinates === undefined || areEqual(coordinates, file?.coordinates ?? null)) return null;
  return coordinates ?? NO_POSITION;
}

/** What a photo shows once an update is saved. */
export function updatedDescriptions({ file }: Photo, { caption, rating, place, coordinates }: DescriptionUpdate): Descriptions {
  return {
    ...(caption !== undefined && { caption: caption ?? file?.caption ?? "" }),
    ...(rating !== undefined && { rating: rating ?? file?.rating ?? 0 }),
    ...(place !== undefined && { place: place === null ? (file?.place ?? null) : place === "" ? null : place }),
    ...(coordinates !== undefined && { coordinates: coordinates === null ? (file?.coordinates ?? null) : positionOf(coordinates) }),
  };
}

/** The update that returns what the user says of a photo to what it is now. */
export function descriptionRestoration(photo: Photo, update: PhotoUpdate): PhotoUpdate {
  return {
    ...(update.favorite !== undefined && { favorite: photo.favorite === true }),
    ...(update.caption !== undefined && { caption: ownCaption(photo) }),
    ...(update.rating !== undefined && { rating: ownRating(photo) }),
    ...(update.place !== undefined && { place: ownPlace(photo) }),
    ...(update.coordinates !== undefined && { coordinates: ownCoordinates(photo) }),
  };
}

/** Whether the file says something else than the user, to which the field can be reset. */
export function differsFromFile(photo: Photo, field: Field): boolean {
  const own = { caption: ownCaption, rating: ownRating, place: ownPlace, coordinates: ownCoordinates }[field](photo);
  return own !== null && Boolean(photo.file?.[field]);
}

/** The length of a caption as the API counts it: in code points. */
export function captionLength(text: string): number {
  return Array.from(text.normalize("NFC").trim()).length;
}
