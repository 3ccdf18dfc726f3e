/**
 * Accepts files and folders that are dropped or pasted anywhere on the page.
 */

export interface DropHandlers {
  /** Files or folders were dropped or pasted. */
  readonly onFiles: (files: readonly File[], folders: readonly FileSystemEntry[]) => void;
  /** Dragged files entered or left the page. */
  readonly onHoverChange: (hovering: boolean) => void;
}

/** Adds the listeners to the window. */
export function acceptDrops(page: Window, { onFiles, onHoverChange }: DropHandlers): void {
  // Every element under the pointer sends its own enter and leave events: the drag left the page when they balance.
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
    // The browser clears the dropped items after this event; folder entries stay readable.
    const dropped = [...event.dataTransfer.items].filter(({ kind }) => kind === "file");
    const folders = dropped.map((item) => item.webkitGetAsEntry()).filter((entry) => entry?.isDirectory === true);
    const plain = dropped.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true).map((item) => item.getAsFile());
    onFiles(
      plain.filter((file) => file !== null),
      folders.filter((entry) => entry !== null),
    );
  });
  page.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length > 0) onFiles(pasted, []);
  });
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
