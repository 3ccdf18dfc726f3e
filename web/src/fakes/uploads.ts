/**
 * Uploads for tests.
 */
import type { Upload } from "../state/upload-queue.ts";

/** A waiting upload of 100 bytes. */
export function makeUpload(id: string, changes: Partial<Upload> = {}): Upload {
  return {
    id,
    file: { name: `${id}.jpg`, size: 100 },
    metadata: { tags: [], status: "private", album: null },
    stage: "waiting",
    sent: 0,
    photoId: null,
    photo: null,
    duplicateOf: null,
    sameFile: null,
    reason: null,
    canRetry: false,
    ...changes,
  };
}
