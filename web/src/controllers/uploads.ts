/**
 * Putting photos in, with all that belongs to it: the queue and those who work on it, the dialog before, the panel
 * while they are under way. Loaded once somebody is signed in, or wants to be for this.
 */
import type { Api } from "../api/client.ts";
import { putFile } from "../api/s3-upload.ts";
import type { Clock } from "../core/clock.ts";
import { type Entry, pickedFolder, readFolders } from "../core/folder-reader.ts";
import { browserConnection } from "../core/network-status.ts";
import { fingerprint } from "../core/sha256.ts";
import { defineElement, onPageEvent } from "../elements/page-element.ts";
import { UploadDialog } from "../elements/upload-dialog.ts";
import { UploadList } from "../elements/upload-list.ts";
import { explain } from "../i18n/common.ts";
import { uploadStrings as words } from "../i18n/uploads.ts";
import type { Photo } from "../state/photo.ts";
import { ProcessingWatch } from "../state/processing-poller.ts";
import { Announcer } from "../state/upload-announcements.ts";
import { isWorthSaying, look, NO_OUTLOOK } from "../state/upload-eta.ts";
import { Intake } from "../state/upload-pipeline.ts";
import { isLeaving, summarise, UploadQueue } from "../state/upload-queue.ts";
import { Transfer } from "../state/upload-scheduler.ts";
import { MOST_FILES } from "../state/upload-validation.ts";

/** The panel is painted at most this often, ms: with hundreds of photos something changes all the time. */
const PAINT = 100;

interface Parts {
  readonly api: Api;
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
export function openUploading({ api, clock, announce, notice, learnt, arrived, rejected, show }: Parts): Uploading {
  const panel = defineElement("tintype-upload-list", UploadList);
  const composer = defineElement("tintype-upload-dialog", UploadDialog);
  const queue = new UploadQueue<File>();
  const announcer = new Announcer(announce, clock);
  const ways = {
    ticket: async ({ file, wishes }: { file: File; wishes: { tags: readonly string[]; status: Photo["status"] } }) =>
      await api.ticket({ filename: file.name, bytes: file.size, sha256: await fingerprint(file), ...wishes }),
    put: putFile,
  };
  const asked = async (photoId: string) => {
    const photo = await api.photo(photoId);
    if (photo !== null) learnt(photo);
    return photo;
  };
  const intake = new Intake<File>({
    queue, announcer, arrived, rejected,
    makeMover: (reports) => new Transfer(queue, ways, browserConnection, clock, reports),
    makeWatch: (settled) => new ProcessingWatch({ newest: () => api.newest(), photo: asked }, settled, clock),
  });

  let outlook = NO_OUTLOOK;
  let said: number | null = null;
  function paint(): void {
    outlook = queue.cut ? NO_OUTLOOK : look(outlook, clock.now(), summarise(queue.uploads));
    if (queue.uploads.length === 0) said = null;
    if (isWorthSaying(said, outlook.minutes)) {
      said = outlook.minutes;
      announcer.tell({ kind: "left", minutes: outlook.minutes ?? 0 });
    }
    panel.state = { uploads: queue.uploads, cut: queue.cut, minutes: outlook.minutes };
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
    intake.put(files, wishes);
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
      const photo = await api.photo(photoId);
      if (photo === null) notice(words.twinGone);
      else show(photo);
    } catch (problem) {
      notice(explain(problem));
    }
  }
  addEventListener("beforeunload", (event) => {
    if (queue.uploads.some(isLeaving)) event.preventDefault();
  });
  addEventListener("online", () => {
    intake.lookAgain();
  });

  async function filesOf(folders: readonly Entry[], most: number): Promise<readonly File[]> {
    if (folders.length === 0) return [];
    notice(words.reading);
    const files = await readFolders(folders, most);
    notice(null);
    return files;
  }

  return {
    add: async (files, folders) => {
      // One more than go at once, so that it shows that there are more.
      const found = await filesOf(folders, MOST_FILES + 1);
      await composer.openWithFiles([...pickedFolder(files), ...found]);
    },
    askToSignIn: () => composer.openSignInPrompt(),
  };
}
