/**
 * File names that users type: they keep the extension of the file, so that what is downloaded opens.
 */

/** Extensions of photos, which are replaced when a file gets another one; as in chalicelib/library/filenames.py. */
const PHOTO_EXTENSIONS = new Set(
  (
    "jpg jpeg jpe jfif png webp gif avif heic heif jxl tif tiff " +
    "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
  ).split(" "),
);

/** The name that was typed, with the extension of the current name; empty if only an extension was typed. */
export function keepExtension(typed: string, current: string): string {
  const [name, extension] = [typed.trim(), extensionOf(current)];
  if (extension === "" || name === "") return name;
  const typedExtension = extensionOf(name, true);
  const isPhoto = PHOTO_EXTENSIONS.has(typedExtension.slice(1).toLowerCase());
  const isSame = typedExtension.toLowerCase() === extension.toLowerCase();
  const stem = (isPhoto || isSame ? name.slice(0, name.length - typedExtension.length) : name).replace(/[\s.]+$/, "");
  if (stem === "") return "";
  return isSame ? name : stem + extension;
}

/** The extension of a name with its dot; empty if it has none. `alone`: also if there is nothing before it. */
function extensionOf(name: string, alone = false): string {
  const dot = name.lastIndexOf(".");
  return dot < (alone ? 0 : 1) ? "" : name.slice(dot);
}
