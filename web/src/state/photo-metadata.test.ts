import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { type MetadataEntry, photoMetadata, processingMetadata } from "./photo-metadata.ts";
import type { Exposure, Photo } from "./photo.ts";

const toObject = (entries: readonly MetadataEntry[]) => Object.fromEntries(entries.map(({ name, value }) => [name, value]));

describe("photoMetadata", () => {
  it("has the date, size, format and visibility", () => {
    const metadata = toObject(photoMetadata(makePhoto("a", 3, { state: "trashed" })));
    expect(metadata).toMatchObject({ Dimensions: "3,000 × 2,000 px", File: "JPEG, 2.5 MB", "Visible to": "Only you" });
    expect(metadata.Taken?.replace("\u202f", " ")).toBe("January 3, 2026, 12:00 PM");
    expect(metadata.Camera).toBeUndefined();
    expect(toObject(photoMetadata(makePhoto("a", 3, { camera: "Canon EOS R5" }))).Camera).toBe("Canon EOS R5");
    expect(toObject(photoMetadata(makePhoto("a", 3, { lens: "RF 35mm F1.8" }))).Lens).toBe("RF 35mm F1.8");
    expect(toObject(photoMetadata(makePhoto("a", 3, { status: "public", mine: false })))["Visible to"]).toBe("Everyone");
    // The edit form shows it instead.
    expect(toObject(photoMetadata(makePhoto("a", 3)))["Visible to"]).toBeUndefined();
  });

  it("has exposure and focal length as photographers write them", () => {
    const of = (exposure: Partial<Exposure>) => {
      const nothing = { time: null, f_number: null, iso: null, focal_length: null, equivalent_focal_length: null };
      const { Exposure, "Focal length": focalLength } = toObject(
        photoMetadata(makePhoto("a", 3, { exposure: { ...nothing, ...exposure } })),
      );
      return [Exposure, focalLength];
    };
    expect(of({ time: 0.004, f_number: 1.78, iso: 80, focal_length: 5.96, equivalent_focal_length: 26 })).toEqual([
      "1/250 s, f/1.8, ISO 80",
      "6 mm (26 mm equivalent)",
    ]);
    expect(of({ time: 2.5, focal_length: 50, equivalent_focal_length: 50 })).toEqual(["2.5 s", "50 mm"]);
    expect(of({ time: 1 / 3, iso: 12_800, equivalent_focal_length: 28 })).toEqual(["0.3 s, ISO 12800", "28 mm equivalent"]);
    expect(of({ f_number: 11 })).toEqual(["f/11", undefined]);
    expect(toObject(photoMetadata(makePhoto("a", 3, { exposure: null }))).Exposure).toBeUndefined();
  });

  it("has the camera's clock, its offset, and whether it was corrected", () => {
    const time = { taken_local: "2026-03-14T23:30:00.450", offset: "-08:00" };
    const taken = (overrides: Partial<Photo>) => toObject(photoMetadata(makePhoto("a", 1, overrides))).Taken?.replace("\u202f", " ");
    expect(taken({ ...time, camera_time: time })).toBe("March 14, 2026, 11:30 PM, UTC-8");
    expect(taken({ ...time, camera_time: null })).toBe("March 14, 2026, 11:30 PM, UTC-8 (corrected)");
  });

  it("has the moment in UTC if the offset is known", () => {
    const known = { taken_local: "2026-03-14T23:30:00.450", offset: "-08:00", taken_at: "2026-03-15T07:30:00.450Z" };
    expect(toObject(photoMetadata(makePhoto("a", 1, known))).UTC?.replace("\u202f", " ")).toBe("March 15, 2026, 7:30 AM");
    expect(toObject(photoMetadata(makePhoto("a", 1, { ...known, offset: null, taken_at: null }))).UTC).toBeUndefined();
  });

  it("has the weight for the owner if it cannot be edited", () => {
    expect(toObject(photoMetadata(makePhoto("a", 3, { state: "trashed", weight: 0.25 }))).Weight).toBe("0.25");
    expect(toObject(photoMetadata(makePhoto("a", 3))).Weight).toBeUndefined();
    expect(toObject(photoMetadata(makePhoto("a", 3, { mine: false }))).Weight).toBeUndefined();
  });

  it("says that the file is incomplete", () => {
    const sentence = "This file is incomplete; the missing part is gray or empty.";
    expect(toObject(photoMetadata(makePhoto("a", 3, { incomplete: true }))).Note).toBe(sentence);
    expect(toObject(photoMetadata(makePhoto("a", 3, { incomplete: false }))).Note).toBeUndefined();
  });

  it("omits unknown values", () => {
    const bare = makePhoto("a", 1, { mine: false, taken_local: null, width: null, height: null, bytes: null, format: null });
    expect(photoMetadata(bare).map(({ name }) => name)).toEqual(["Added", "Visible to"]);
  });
});

describe("processingMetadata", () => {
  it("is empty for anyone but the owner", () => {
    expect(processingMetadata(makePhoto("a"))).toEqual([]);
  });

  it("has sizes before and after, the reduction, the duration and the event", () => {
    const metadata = processingMetadata(
      makePhoto("a", 1, {
        processing: {
          original: { width: 4000, height: 3000, bytes: 4_000_000, format: "JPEG" },
          resized: { width: 2000, height: 1500, bytes: 900_000, format: "JPEG" },
          size_reduction_percent: 77.5,
          received_at: "2026-01-01T10:00:00Z",
          finished_at: "2026-01-01T10:00:01Z",
          duration_ms: 412,
          event: {
            bucket: "originals",
            key: "a b/c.jpg",
            event_name: "ObjectCreated:Put",
            event_time: "2026-01-01T10:00:00Z",
            region: "eu-west-1",
          },
        },
      }),
    );
    const { Finished, "Event time": time, ...others } = toObject(metadata);
    expect([typeof Finished, typeof time]).toEqual(["string", "string"]);
    expect(others).toEqual({
      Original: "4,000 × 3,000 px, 4 MB, JPEG",
      Resized: "2,000 × 1,500 px, 900 kB, JPEG",
      "Size reduction": "77.5%",
      Duration: "0.41 sec",
      Event: "ObjectCreated:Put",
    });
  });

  const unfinished = {
    original: null,
    resized: null,
    size_reduction_percent: null,
    received_at: "2026-02-01T00:00:00Z",
    finished_at: null,
    duration_ms: null,
    event: null,
  };

  it("omits what is missing for an unfinished photo", () => {
    expect(processingMetadata(makePhoto("a", 1, { processing: unfinished }))).toEqual([]);
  });

  it("never says that an image was reduced to nothing", () => {
    const reductions = [99.94, 99.96, 100, -3].map(
      (percent) =>
        toObject(processingMetadata(makePhoto("a", 1, { processing: { ...unfinished, size_reduction_percent: percent } })))[
          "Size reduction"
        ],
    );
    expect(reductions).toEqual(["99.9%", "99.9%", "99.9%", "-3%"]);
  });
});
