/**
 * Putting photos in, with all that belongs to it: the queue and those who work on it, the dialog before, the panel
 * while they are under way. Loaded once somebody is signed in, or wants to be for this.
 */
import type { ApiClient } from "../api/client.ts";
import { uploadToS3 } from "../api/s3-upload.ts";
import type { Clock } from "../core/clock.ts";
import { type FileEntry, withoutIgnoredFiles, readFolders } from "../core/folder-reader.ts";
import { browserNetwork } from "../core/network-status.ts";
import { sha256Hex } from "../core/sha256.ts";
import { defineElement, onPageEvent } from "../elements/page-element.ts";
import { UploadDialog } from "../elements/upload-dialog.ts";
import { UploadList } from "../elements/upload-list.ts";
import { explain } from "../i18n/common.ts";
import { uploadStrings as words } from "../i18n/uploads.ts";
import type { Photo } from "../state/photo.ts";
import { ProcessingPoller } from "../state/processing-poller.ts";
import { UploadAnnouncer } from "../state/upload-announcements.ts";
import { shouldAnnounce, updateEstimate, NO_ESTIMATE } from "../state/upload-eta.ts";
import { UploadPipeline } from "../state/upload-pipeline.ts";
import { isUnsent, summarize, UploadQueue } from "../state/upload-queue.ts";
import { UploadScheduler } from "../state/upload-scheduler.ts";
import { MAX_FILES } from "../state/upload-validation.ts";

/** The panel is painted at most this often, ms: with hundreds of photos something changes all the time. */
const PAINT = 100;

interface Parts {
  readonly api: ApiClient;
  readonly clock: Clock;
  /** Says sentences to people who listen instead of look. */
  readonly announce: (sentences: string) => void;
  /** Tells everybody something above the photos; null takes it away. */
  readonly notice: (message: string | null) => void;
  /** Whoever waits for a photo learns for the page how it is. */
  readonly learnt: (photo: Photo) => void;
  readonly arrived: (photo: Photo) => void;
  readonly rejected: (photo: Photo) => void;
  /** Opens a photo. */
  readonly show: (photo: Photo) => void;
}

export interface Uploading {
  /** Files and folders are here: asks what is to be said of them. */
  add(files: readonly File[], folders: readonly FileSystemEntry[]): Promise<void>;
  /** Says that adding photos needs somebody signed in. */
  askToSignIn(): Promise<void>;
}

/** Makes all of it, and brings its elements into the page. */
export function openUploading({ api, clock, announce, notice, learnt, arrived: onReady, rejected: onRejected, show }: Parts): Uploading {
  const panel = defineElement("tintype-upload-list", UploadList);
  const composer = defineElement("tintype-upload-dialog", UploadDialog);
  const queue = new UploadQueue<File>();
  const announcer = new UploadAnnouncer(announce, clock);
  const ways = {
    createTicket: async ({ file, metadata }: { file: File; metadata: { tags: readonly string[]; status: Photo["status"] } }) =>
      await api.createUpload({ filename: file.name, bytes: file.size, sha256: await sha256Hex(file), ...metadata }),
    send: uploadToS3,
  };
  const asked = async (photoId: string) => {
    const photo = await api.getPhoto(photoId);
    if (photo !== null) learnt(photo);
    return photo;
  };
  const intake = new UploadPipeline<File>({
    queue, announcer, onReady, onRejected,
    createUploader: (reports) => new UploadScheduler(queue, ways, browserNetwork, clock, reports),
    createPoller: (settled) => new ProcessingPoller({ newestPhotos: () => api.newestPhotos(), getPhoto: asked }, settled, clock),
  });

  let outlook = NO_ESTIMATE;
  let said: number | null = null;
  function paint(): void {
    outlook = queue.offline ? NO_ESTIMATE : updateEstimate(outlook, clock.now(), summarize(queue.uploads));
    if (queue.uploads.length === 0) said = null;
    if (shouldAnnounce(said, outlook.minutes)) {
      said = outlook.minutes;
      announcer.add({ kind: "left", minutes: outlook.minutes ?? 0 });
    }
    panel.state = { uploads: queue.uploads, cut: queue.offline, minutes: outlook.minutes };
  }
  let due = false;
  queue.watch(() => {
    if (due) return;
    due = true;
    clock.after(PAINT, () => {
      due = false;
      paint();
    });
  });

  onPageEvent("start-upload", ({ files, wishes }) => {
    intake.add(files, wishes);
  });
  onPageEvent("retry-upload", (id) => {
    intake.retry([id]);
  });
  onPageEvent("retry-all-uploads", () => {
    intake.retryAll();
  });
  onPageEvent("remove-upload", (id) => {
    intake.remove(id);
  });
  onPageEvent("clear-uploads", () => {
    queue.clearFinished();
  });
  onPageEvent("show-upload", (id) => {
    const { photo, duplicateOf } = queue.get(id);
    if (photo !== null) show(photo);
    else if (duplicateOf !== null) void showTwin(duplicateOf);
  });
  async function showTwin(photoId: string): Promise<void> {
    try {
      const photo = await api.getPhoto(photoId);
      if (photo === null) notice(words.twinGone);
      else show(photo);
    } catch (problem) {
      notice(explain(problem));
    }
  }
  addEventListener("beforeunload", (event) => {
    if (queue.uploads.some(isUnsent)) event.preventDefault();
  });
  addEventListener("online", () => {
    intake.pollSoon();
  });

  async function filesOf(folders: readonly FileEntry[], most: number): Promise<readonly File[]> {
    if (folders.length === 0) return [];
    notice(words.reading);
    const files = await readFolders(folders, most);
    notice(null);
    return files;
  }

  return {
    add: async (files, folders) => {
      // One more than go at once, so that it shows that there are more.
      const found = await filesOf(folders, MAX_FILES + 1);
      await composer.openWithFiles([...withoutIgnoredFiles(files), ...found]);
    },
    askToSignIn: () => composer.openSignInPrompt(),
  };
}
