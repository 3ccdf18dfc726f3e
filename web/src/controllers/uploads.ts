/**
 * Uploading photos: the queue, the pipeline, the dialog and the list of uploads. Loaded after sign-in, or when a
 * visitor tries to upload.
 */
import type { ApiClient } from "../api/client.ts";
import { uploadToS3 } from "../api/s3-upload.ts";
import type { Clock } from "../core/clock.ts";
import { SignedOutError } from "../core/errors.ts";
import { withoutIgnoredFiles } from "../core/folder-reader.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { browserNetwork } from "../core/network-status.ts";
import { checkReadable, sha256Hex } from "../core/sha256.ts";
import { defineElement, onPageEvent } from "../elements/page-element.ts";
import { UploadDialog } from "../elements/upload-dialog.ts";
import { UploadList } from "../elements/upload-list.ts";
import { explain, strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import { acceptsPhotos, type Album } from "../state/albums.ts";
import type { Completions } from "../state/completions.ts";
import type { NewPhotos } from "../state/new-photos.ts";
import type { Photo } from "../state/photo.ts";
import { ProcessingPoller } from "../state/processing-poller.ts";
import { UploadAnnouncer } from "../state/upload-announcements.ts";
import { shouldAnnounce, updateEstimate, NO_ESTIMATE } from "../state/upload-eta.ts";
import { UploadPipeline } from "../state/upload-pipeline.ts";
import { isFinished, isUnsent, type Upload, UploadQueue } from "../state/upload-queue.ts";
import { UploadScheduler } from "../state/upload-scheduler.ts";
import type { SentPhoto } from "../state/sent-photo.ts";
import { summarize } from "../state/upload-summary.ts";
import { filenameOf } from "../state/upload-validation.ts";
import { albumView, recentlyAdded, type View } from "../state/view.ts";

/** Least time between two renders of the list, ms: with hundreds of photos it changes constantly. */
const RENDER_INTERVAL = 100;

const loadConfirmDialog = lazyImport(() => import("../elements/confirm-dialog.ts"));

/** Who is signed in. */
interface UploadSession {
  readonly status: "starting" | "signed-out" | "signed-in";
  /** Whether the session has ended by itself. */
  readonly expired: boolean;
  /** Whether the session is of this tab only. */
  readonly isSharedComputer: boolean;
  watch(onChange: () => void): void;
}

interface UploadContext {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly session: UploadSession;
  readonly newPhotos: NewPhotos;
  readonly sentPhoto: SentPhoto;
  readonly completions: Completions;
  /** Announces sentences to screen readers. */
  readonly announce: (sentences: string) => void;
  /** Shows a message in the banner; null hides it. */
  readonly showBanner: (message: string | null) => void;
  /** Opens a photo in the viewer. */
  readonly openPhoto: (photo: Photo) => void;
  readonly navigate: (to: View) => void;
  /** The album in view, which files are added to unless another one is chosen. */
  readonly openAlbum: () => Album | null;
}

export interface UploadController {
  /** Opens the dialog with files and folders. */
  openWithFiles(files: readonly File[], folders: readonly FileSystemEntry[]): Promise<void>;
  /** Opens the dialog with a prompt to sign in. */
  openSignInPrompt(): Promise<void>;
  /** Signs out; asks before that if files are not sent yet. */
  confirmSignOut(signOut: () => Promise<void>): Promise<void>;
}

/** Defines the elements and connects them to the queue. */
export function createUploadController(context: UploadContext): UploadController {
  const { api, clock, session, newPhotos, sentPhoto, showBanner, openPhoto } = context;
  const panel = defineElement("tintype-upload-list", UploadList);
  const dialog = defineElement("tintype-upload-dialog", UploadDialog);
  const queue = new UploadQueue<File>();
  const announcer = new UploadAnnouncer(context.announce, clock);
  const transport = {
    hash: sha256Hex,
    checkReadable,
    createTicket: ({ file, metadata }: Upload<File>, sha256: string | null) =>
      api.createUpload({ filename: filenameOf(file), bytes: file.size, sha256, ...metadata }),
    send: uploadToS3,
  };
  /** While nobody is signed in, the library has no private photo. */
  const requireSession = () => {
    if (session.status !== "signed-in") throw new SignedOutError();
  };
  const processing = {
    recentPhotos: async () => {
      requireSession();
      return await api.recentPhotos();
    },
    getPhoto: async (photoId: string) => {
      requireSession();
      return await api.getPhoto(photoId);
    },
  };
  const pipeline = new UploadPipeline<File>({
    queue,
    announcer,
    onSettled: (photo) => {
      newPhotos.add(photo);
    },
    createUploader: (callbacks) => new UploadScheduler(queue, transport, browserNetwork, clock, callbacks),
    createPoller: (onSettled) => new ProcessingPoller(processing, onSettled, clock),
  });

  let estimate = NO_ESTIMATE;
  let announcedMinutes: number | null = null;
  function render(): void {
    const { uploads, pause } = queue;
    estimate = pause === null ? updateEstimate(estimate, clock.now(), summarize(uploads)) : NO_ESTIMATE;
    if (uploads.length === 0) announcedMinutes = null;
    if (shouldAnnounce(announcedMinutes, estimate.minutes)) {
      announcedMinutes = estimate.minutes;
      announcer.add({ kind: "left", minutes: estimate.minutes ?? 0 });
    }
    panel.state = { uploads, pause, minutes: estimate.minutes, isSharedComputer: session.isSharedComputer };
    newPhotos.setUploading(!uploads.every(isFinished));
    if (session.status === "signed-in") sentPhoto.set(uploads.findLast(({ stage }) => stage === "processing")?.photoId ?? null);
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

  session.watch(() => {
    if (session.status === "signed-in" && !session.expired) pipeline.resumeSignedIn();
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
        void dialog.reopen(files, suggestions(), uploadStrings.albumFailed(explain(error)));
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
    pipeline.clear();
  });
  onPageEvent("show-upload", (id) => {
    const { photo, duplicateOf } = queue.get(id);
    if (photo !== null) openPhoto(photo);
    else if (duplicateOf !== null) void openDuplicate(duplicateOf);
  });
  onPageEvent("view-uploads", () => {
    const added = queue.uploads.filter(({ stage }) => stage === "ready");
    const [first] = added;
    const album = first?.metadata.album ?? null;
    if (added.length === 1 && first?.photo != null) openPhoto(first.photo);
    else context.navigate(album !== null && added.every(({ metadata }) => metadata.album === album) ? albumView(album) : recentlyAdded());
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
    // After a sign-out the page has to go: it has asked before.
    if (session.status === "signed-in" && queue.uploads.some(isUnsent)) event.preventDefault();
  });
  addEventListener("online", () => {
    pipeline.pollSoon();
  });

  const suggestions = () => {
    const album = context.openAlbum();
    return { api, chosen: album !== null && acceptsPhotos(album) ? album : null, completions: context.completions };
  };
  return {
    openWithFiles: (files, folders) => dialog.openWithFiles(withoutIgnoredFiles(files), folders, suggestions()),
    openSignInPrompt: () => dialog.openSignInPrompt(),
    confirmSignOut: async (signOut) => {
      const unsent = queue.uploads.filter(isUnsent).length;
      if (unsent === 0) {
        await signOut();
        return;
      }
      const { openConfirmDialog } = await loadConfirmDialog();
      const { signOutQuestion, signOutHint, stay } = uploadStrings;
      openConfirmDialog({ question: signOutQuestion(unsent), hint: signOutHint, action: strings.signOut, cancel: stay, confirm: signOut });
    },
  };
}
