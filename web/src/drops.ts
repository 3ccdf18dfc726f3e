/**
 * Files that are dropped on the page or pasted into it, wherever that happens.
 */

export interface DropHandlers {
  /** Files have come. */
  readonly files: (files: readonly File[]) => void;
  /** Something that can be dropped hovers over the page, or does so no longer. */
  readonly hovering: (hovering: boolean) => void;
}

/** Listens on the whole page. */
export function acceptDrops(page: Window, { files, hovering }: DropHandlers): void {
  // Every element under the pointer sends its own enter and leave: the page is left when they are even.
  let depth = 0;
  const leave = () => {
    depth = 0;
    hovering(false);
  };
  page.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    if (depth === 1) hovering(true);
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
    files(plainFiles(event.dataTransfer));
  });
  page.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length > 0) files(pasted);
  });
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** The files among what was dropped; a folder looks like a file, but cannot be read. */
function plainFiles(dropped: DataTransfer): File[] {
  return [...dropped.items]
    .filter((item) => item.kind === "file" && item.webkitGetAsEntry()?.isDirectory !== true)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
}
