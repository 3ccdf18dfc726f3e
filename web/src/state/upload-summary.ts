/**
 * The progress of all uploads as numbers.
 */
import { isUnsent, type Upload, type UploadStage } from "./upload-queue.ts";

export interface UploadSummary {
  readonly total: number;
  /** Not finished. */
  readonly active: number;
  /** Of those: not completely sent. */
  readonly unsent: number;
  readonly ready: number;
  /** The library had them before. */
  readonly duplicate: number;
  /** Another chosen file has the same bytes. */
  readonly sameFile: number;
  readonly rejected: number;
  readonly failed: number;
  /** Bytes sent, and bytes to send: neither includes failed uploads. */
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** The part of the work that is done, 0 to 1: of sending, by bytes, or of processing, by files, whichever is slower. */
  readonly progress: number;
}

/** How much of a file counts as done when it is sent, and for how many files at most: the others wait to be processed. */
const SENT_SHARE = 0.9;
const MAX_SENT_FILES = 4;

/** Counts by stage, and bytes sent. */
export function summarize(uploads: readonly Upload[]): UploadSummary {
  const count: Record<UploadStage, number> = {
    waiting: 0,
    signing: 0,
    sending: 0,
    processing: 0,
    ready: 0,
    duplicate: 0,
    rejected: 0,
    failed: 0,
  };
  let [unsent, sameFile, sentFiles, sentBytes, totalBytes] = [0, 0, 0, 0, 0];
  for (const upload of uploads) {
    const { stage, sent, file } = upload;
    count[stage] += 1;
    if (isUnsent(upload)) unsent += 1;
    if (upload.sameFile !== null) sameFile += 1;
    if (stage === "sending" || stage === "processing") sentFiles += share(sent, file.size);
    if (stage === "failed") continue;
    sentBytes += isUnsent(upload) ? sent : file.size;
    totalBytes += file.size;
  }
  const { ready, rejected, failed, processing } = count;
  const [duplicate, total] = [count.duplicate - sameFile, uploads.length];
  const settled = total - failed - unsent - processing;
  const done = settled + SENT_SHARE * Math.min(sentFiles, MAX_SENT_FILES);
  const progress = Math.min(share(sentBytes, totalBytes), share(done, total - failed));
  const active = unsent + processing;
  return { total, active, unsent, ready, duplicate, sameFile, rejected, failed, sentBytes, totalBytes, progress };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
