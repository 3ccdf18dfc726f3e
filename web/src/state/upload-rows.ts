/**
 * Which uploads are listed: the current ones while files are uploaded, each in a place that does not move.
 */
import { isFinished, type Upload, type UploadStage } from "./upload-queue.ts";

/** The stages that are most worth seeing have the lowest rank. */
const RANKS: Readonly<Record<UploadStage, number>> = {
  signing: 0,
  sending: 0,
  processing: 1,
  waiting: 2,
  ready: 3,
  duplicate: 3,
  rejected: 3,
  failed: 3,
};

/**
 * The ids of the uploads to list, at most `max`. Of more, those in progress: one that starts takes the place of one that has
 * finished, or of one that waits, so that no other row moves.
 */
export function currentRows(previous: readonly string[], uploads: readonly Upload[], max: number): readonly string[] {
  if (uploads.length <= max) return uploads.map(({ id }) => id);
  const byId = new Map(uploads.map((upload) => [upload.id, upload]));
  const rankOf = (id: string) => RANKS[byId.get(id)?.stage ?? "failed"];
  const rows = previous.filter((id) => byId.has(id)).slice(0, max);
  const listed = new Set(rows);
  const others = uploads
    .map(({ id }) => id)
    .filter((id) => !listed.has(id))
    .sort((a, b) => rankOf(a) - rankOf(b));
  for (const id of others) {
    if (rows.length < max) rows.push(id);
    else {
      const last = Math.max(...rows.map(rankOf));
      if (rankOf(id) >= Math.min(last, RANKS.waiting)) break;
      rows[rows.findIndex((row) => rankOf(row) === last)] = id;
    }
  }
  return rows;
}

/** The ids of at most `max` finished uploads, those that need attention first. */
export function finishedRows(uploads: readonly Upload[], max: number): readonly string[] {
  return [...uploads.filter(needsAttention), ...uploads.filter((upload) => isFinished(upload) && !needsAttention(upload))]
    .slice(0, max)
    .map(({ id }) => id);
}

/** Whether a file was not added. */
export function needsAttention({ stage }: Upload): boolean {
  return stage === "rejected" || stage === "failed";
}
