/**
 * The file types that the file picker offers.
 */

/** Extensions of camera raw files. */
export const RAW_EXTENSIONS = "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f".split(" ");
/** What the file picker offers. */
export const PHOTO_TYPES = ["image/*", ...RAW_EXTENSIONS.map((extension) => `.${extension}`)].join(",");
