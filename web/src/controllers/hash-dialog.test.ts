import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { HashDialog } from "./hash-dialog.ts";

const location = { hash: "", pathname: "/", search: "" };
const back = vi.fn();

function createDialog() {
  const closed: (() => void)[] = [];
  const opened: string[] = [];
  const dialog = new HashDialog(
    "#keys",
    (onClosed) => {
      closed.push(onClosed);
      return Promise.resolve(() => {
        opened.push(location.hash);
        return { close: vi.fn() };
      });
    },
    vi.fn(),
    vi.fn(),
  );
  return { dialog, opened, emitClose: () => closed.at(-1)?.() };
}

describe("HashDialog", () => {
  beforeEach(() => {
    vi.stubGlobal("location", location);
    vi.stubGlobal("history", { state: { dialog: "#keys" }, back });
    location.hash = "#keys";
    back.mockClear();
  });
  afterEach(() => vi.unstubAllGlobals());

  it("opens while the URL has its hash", async () => {
    const { dialog, opened } = createDialog();
    await dialog.sync(false);
    expect(opened).toEqual([]);
    await dialog.sync(true);
    expect(opened).toEqual(["#keys"]);
  });

  it("goes back when the user closes it", async () => {
    const { dialog, opened, emitClose } = createDialog();
    await dialog.sync(true);
    emitClose();
    expect(back).toHaveBeenCalledOnce();
    expect(opened).toHaveLength(1);
  });

  it("opens again if the user goes forward before it has closed", async () => {
    const { dialog, opened, emitClose } = createDialog();
    await dialog.sync(true);
    location.hash = "";
    await dialog.sync(true);
    location.hash = "#keys";
    await dialog.sync(true);
    emitClose();
    await vi.waitFor(() => {
      expect(opened).toHaveLength(2);
    });
    expect(back).not.toHaveBeenCalled();
  });
});
