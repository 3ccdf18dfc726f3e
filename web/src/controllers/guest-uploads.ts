/**
 * Adding photos through a shared link. Loaded when a guest adds the first ones.
 */
import type { GuestClient } from "../api/guest-client.ts";
import { uploadToS3 } from "../api/s3-upload.ts";
import { systemClock } from "../core/clock.ts";
import { checkReadable, sha256Hex } from "../core/sha256.ts";
import { type GuestUploadDialog, openGuestUploadDialog } from "../elements/guest-upload-dialog.ts";
import type { SharedAlbum } from "../state/guest-album.ts";
import { GuestUploads } from "../state/guest-uploads.ts";

let uploads: GuestUploads<File> | null = null;
let dialog: GuestUploadDialog | null = null;

/** Opens the dialog with the uploads so far, and adds files; `onAdded` is called when photos became visible. */
export function openUploads(api: GuestClient, link: SharedAlbum, files: readonly File[], onAdded: () => void): void {
  uploads ??= createUploads(api, link, onAdded);
  if (dialog === null) {
    dialog = openGuestUploadDialog(uploads, link, files, () => {
      dialog = null;
    });
  } else dialog.addFiles(files);
}

function createUploads(api: GuestClient, link: SharedAlbum, onAdded: () => void): GuestUploads<File> {
  const routes = {
    createUpload: (name: string, filename: string, bytes: number) => api.createUpload(name, filename, bytes),
    getUpload: (photoId: string) => api.getUpload(photoId),
    send: uploadToS3,
    hash: sha256Hex,
    checkReadable,
  };
  const created = new GuestUploads<File>(routes, systemClock, link.max_upload_bytes, onAdded);
  // Leaving the page would stop the uploads.
  addEventListener("beforeunload", (event) => {
    if (created.isSending) event.preventDefault();
  });
  return created;
}
