/**
 * Files and folders that are dropped on the page, or pasted into it, wherever that happens.
 */

export interface DropHandlers {
  /** Files have come, and folders. */
  readonly onFiles: (files: readonly File[], folders: readonly FileSystemEntry[]) => void;
  /** Something that can be dropped hovers over the page, or does so no longer. */
  readonly onHoverChange: (hovering: boolean) => void;
}

/** Listens on the whole page. */
export function acceptDrops(page: Window, { onFiles, onHoverChange }: DropHandlers): void {
  // Every element under the pointer sends its own enter and leave: the page is left when they are even.
  let depth = 0;
  const leave = () => {
    depth = 0;
    onHoverChange(false);
  };
  page.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    if (depth === 1) onHoverChange(true);
  });
  page.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth -= 1;
    if (depth <= 0) leave();
  });
  page.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  page.addEventListener("drop", (event) => {
    if (!carriesFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    leave();
    // The browser lets go of what was dropped when this event is over; a folder can be read later all the same.
    const dropped = [...event.dataTransfer.items].filter(({ kind }) => kind === "file");
    const folders = dropped.map((item) => item.webkitGetAsEntry()).filter((entry) => entry?.isDirectory === true);
    const plain = dropped.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true).map((item) => item.getAsFile());
    onFiles(plain.filter((file) => file !== null), folders.filter((entry) => entry !== null));
  });
  page.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length > 0) onFiles(pasted, []);
  });
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
