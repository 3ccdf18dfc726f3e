/**
 * Uploading photos: the queue, the pipeline, the dialog and the list of uploads. Loaded after sign-in, or when a
 * visitor tries to upload.
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
import { uploadStrings } from "../i18n/uploads.ts";
import { acceptsPhotos, type Album } from "../state/albums.ts";
import type { Photo } from "../state/photo.ts";
import { ProcessingPoller } from "../state/processing-poller.ts";
import { UploadAnnouncer } from "../state/upload-announcements.ts";
import { shouldAnnounce, updateEstimate, NO_ESTIMATE } from "../state/upload-eta.ts";
import { UploadPipeline } from "../state/upload-pipeline.ts";
import { isUnsent, summarize, type UploadMetadata, UploadQueue } from "../state/upload-queue.ts";
import { UploadScheduler } from "../state/upload-scheduler.ts";
import { MAX_FILES } from "../state/upload-validation.ts";

/** Least time between two renders of the list, ms: with hundreds of photos it changes constantly. */
const RENDER_INTERVAL = 100;

interface UploadContext {
  readonly api: ApiClient;
  readonly clock: Clock;
  /** Announces sentences to screen readers. */
  readonly announce: (sentences: string) => void;
  /** Shows a message in the banner; null hides it. */
  readonly showBanner: (message: string | null) => void;
  /** The poller loaded a photo that may still be processing. */
  readonly onPhotoLoaded: (photo: Photo) => void;
  readonly onReady: (photo: Photo) => void;
  readonly onRejected: (photo: Photo) => void;
  /** Opens a photo in the viewer. */
  readonly openPhoto: (photo: Photo) => void;
  /** The album in view, which files are added to unless another one is chosen. */
  readonly openAlbum: () => Album | null;
}

export interface UploadController {
  /** Opens the dialog with files and folders. */
  openWithFiles(files: readonly File[], folders: readonly FileSystemEntry[]): Promise<void>;
  /** Opens the dialog with a prompt to sign in. */
  openSignInPrompt(): Promise<void>;
}

/** Defines the elements and connects them to the queue. */
export function createUploadController({
  api,
  clock,
  announce,
  showBanner,
  onPhotoLoaded,
  onReady,
  onRejected,
  openPhoto,
  openAlbum,
}: UploadContext): UploadController {
  const panel = defineElement("tintype-upload-list", UploadList);
  const dialog = defineElement("tintype-upload-dialog", UploadDialog);
  const queue = new UploadQueue<File>();
  const announcer = new UploadAnnouncer(announce, clock);
  const transport = {
    createTicket: async ({ file, metadata }: { file: File; metadata: UploadMetadata }) =>
      await api.createUpload({ filename: file.name, bytes: file.size, sha256: await sha256Hex(file), ...metadata }),
    send: uploadToS3,
  };
  const getPhoto = async (photoId: string) => {
    const photo = await api.getPhoto(photoId);
    if (photo !== null) onPhotoLoaded(photo);
    return photo;
  };
  const pipeline = new UploadPipeline<File>({
    queue,
    announcer,
    onReady,
    onRejected,
    createUploader: (callbacks) => new UploadScheduler(queue, transport, browserNetwork, clock, callbacks),
    createPoller: (onSettled) => new ProcessingPoller({ newestPhotos: () => api.newestPhotos(), getPhoto }, onSettled, clock),
  });

  let estimate = NO_ESTIMATE;
  let announcedMinutes: number | null = null;
  function render(): void {
    estimate = queue.offline ? NO_ESTIMATE : updateEstimate(estimate, clock.now(), summarize(queue.uploads));
    if (queue.uploads.length === 0) announcedMinutes = null;
    if (shouldAnnounce(announcedMinutes, estimate.minutes)) {
      announcedMinutes = estimate.minutes;
      announcer.add({ kind: "left", minutes: estimate.minutes ?? 0 });
    }
    panel.state = { uploads: queue.uploads, cut: queue.offline, minutes: estimate.minutes };
  }
  let renderScheduled = false;
  queue.watch(() => {
    if (renderScheduled) return;
    renderScheduled = true;
    clock.after(RENDER_INTERVAL, () => {
      renderScheduled = false;
      render();
    });
  });

  onPageEvent("start-upload", ({ files, wishes, album }) => {
    const albumId = async () => {
      if (album === null || "id" in album) return album?.id ?? null;
      return (await api.createAlbum({ title: album.title })).album_id;
    };
    albumId().then(
      (id) => {
        pipeline.add(files, { ...wishes, album: id });
      },
      (error: unknown) => {
        showBanner(uploadStrings.albumFailed(explain(error)));
      },
    );
  });
  onPageEvent("retry-upload", (id) => {
    pipeline.retry([id]);
  });
  onPageEvent("retry-all-uploads", () => {
    pipeline.retryAll();
  });
  onPageEvent("remove-upload", (id) => {
    pipeline.remove(id);
  });
  onPageEvent("clear-uploads", () => {
    queue.clearFinished();
  });
  onPageEvent("show-upload", (id) => {
    const { photo, duplicateOf } = queue.get(id);
    if (photo !== null) openPhoto(photo);
    else if (duplicateOf !== null) void openDuplicate(duplicateOf);
  });
  async function openDuplicate(photoId: string): Promise<void> {
    try {
      const photo = await api.getPhoto(photoId);
      if (photo === null) showBanner(uploadStrings.existingGone);
      else openPhoto(photo);
    } catch (error) {
      showBanner(explain(error));
    }
  }
  addEventListener("beforeunload", (event) => {
    if (queue.uploads.some(isUnsent)) event.preventDefault();
  });
  addEventListener("online", () => {
    pipeline.pollSoon();
  });

  async function filesIn(folders: readonly FileEntry[], maxFiles: number): Promise<readonly File[]> {
    if (folders.length === 0) return [];
    showBanner(uploadStrings.scanning);
    const files = await readFolders(folders, maxFiles);
    showBanner(null);
    return files;
  }

  return {
    openWithFiles: async (files, folders) => {
      // One more than the limit, so that the dialog can tell that there are more.
      const found = await filesIn(folders, MAX_FILES + 1);
      const open = openAlbum();
      const albums = { api, chosen: open !== null && acceptsPhotos(open) ? open : null };
      await dialog.openWithFiles([...withoutIgnoredFiles(files), ...found], albums);
    },
    openSignInPrompt: () => dialog.openSignInPrompt(),
  };
}
