import { beforeEach, describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { makePhoto, photoIds } from "../fakes/photos.ts";
import type { BatchApi, BatchChange, BatchResult } from "./batch-actions.ts";
import { type PhotoAction, PhotoActions, photoActions } from "./photo-actions.ts";
import type { Photo } from "./photo.ts";
import type { Toast } from "./toaster.ts";
import { ViewerList } from "./viewer-list.ts";

const ready = makePhoto("b");
const trashed = makePhoto("b", 1, { state: "trashed" });
const toReview = makePhoto("b", 1, { review_album: "a1" });

describe("what can be done with a photo", () => {
  it.each<[string, Photo, readonly PhotoAction[]]>([
    ["of the user", ready, ["trash"]],
    ["in the trash", trashed, ["restore", "delete_permanently"]],
    ["of a guest that waits for a decision", toReview, ["approve", "decline", "trash"]],
    ["of somebody else", makePhoto("b", 1, { mine: false }), []],
    ["that is being processed", makePhoto("b", 1, { state: "processing" }), []],
  ])("%s", (_, photo, expected) => {
    expect(photoActions(photo)).toEqual(expected);
  });
});

describe("an action", () => {
  let list: ViewerList;
  let answers: BatchResult[];
  let requests: BatchChange[];
  let changes: [Photo, boolean][];
  let toasts: Toast[];
  let actions: PhotoActions;

  beforeEach(() => {
    list = new ViewerList([makePhoto("a"), ready, makePhoto("c")]);
    [answers, requests, changes, toasts] = [[accepted(trashed)], [], [], []];
    const api: BatchApi = {
      runBatch: (_, change) => {
        requests.push(change);
        const answer = answers.shift();
        return Promise.resolve(answer === undefined ? [] : [answer]);
      },
    };
    actions = new PhotoActions(api, {
      slides: { remove: (photoId) => list.remove(photoId), restore: (removed, photo) => void list.restore(removed, photo) },
      onChanged: (...change) => changes.push(change),
      report: (toast) => toasts.push(toast),
    });
  });

  function accepted(photo: Photo): BatchResult {
    return { photo_id: photo.photo_id, ok: true, photo };
  }

  /** Moves the photo to the trash and undoes that. */
  async function trashAndUndo(answer: BatchResult): Promise<void> {
    answers.push(answer);
    await actions.perform("trash", ready, false);
    toasts[0]?.undo?.();
    await flushPromises();
  }

  it("takes the photo out of the viewer before the API answers", async () => {
    const performing = actions.perform("trash", ready, false);
    expect([photoIds(list.photos), requests]).toEqual([["a", "c"], []]);
    await performing;
    expect([changes, requests]).toEqual([[[trashed, false]], [{ action: "trash" }]]);
    expect(toasts.map(({ message }) => message)).toEqual(["1 photo moved to trash."]);
  });

  it("is undone: the photo is back in its place", async () => {
    await trashAndUndo(accepted(makePhoto("b", 1, { version: 3 })));
    expect(list.photos.map(({ photo_id: id, version }) => `${id}${version}`)).toEqual(["a1", "b3", "c1"]);
    expect(requests[1]).toEqual({ action: "restore" });
    expect([changes.length, toasts[1]?.message]).toEqual([2, "Undone."]);
  });

  it("is not undone in the viewer if the photo comes back as something else", async () => {
    await trashAndUndo(accepted(makePhoto("b", 1, { state: "duplicate" })));
    expect([photoIds(list.photos), toasts[1]?.message]).toEqual([["a", "c"], "Undone."]);
  });

  it("says why it could not be undone", async () => {
    await trashAndUndo({ photo_id: "b", ok: false, error: "The photo does not exist.", code: "photo_not_found" });
    expect(toasts[1]).toEqual({ message: "Couldn't undo this for 1 photo.", errors: ["The photo does not exist."], undo: null });
  });

  it("puts the photo back if the API refuses it", async () => {
    answers = [{ photo_id: "b", ok: false, error: "The photo is uploading.", code: "conflict" }];
    await actions.perform("trash", ready, false);
    expect(photoIds(list.photos)).toEqual(["a", "b", "c"]);
    expect([changes, toasts[0]?.errors, toasts[0]?.undo]).toEqual([[], ["The photo is uploading."], null]);
  });

  it("does not put a photo back that was deleted meanwhile", async () => {
    answers = [{ photo_id: "b", ok: false, error: "The photo does not exist.", code: "photo_not_found" }];
    await actions.perform("trash", ready, false);
    expect([photoIds(list.photos), changes]).toEqual([["a", "c"], [[ready, true]]]);
    expect(toasts[0]?.errors).toEqual(["The photo does not exist."]);
  });

  it("deletes for good, which cannot be undone", async () => {
    answers = [{ photo_id: "b", ok: true }];
    await actions.perform("delete_permanently", trashed, false);
    expect(changes).toEqual([[trashed, true]]);
    expect(toasts).toEqual([{ message: "1 photo deleted permanently.", errors: [], undo: null }]);
  });

  it.each([
    ["leaves the view of photos to review", true, ["a", "c"]],
    ["stays in any other view", false, ["a", "b", "c"]],
  ])("approves a photo, which %s", async (_, isReview, expected) => {
    answers = [accepted(ready)];
    await actions.perform("approve", toReview, isReview);
    expect([photoIds(list.photos), requests]).toEqual([expected, [{ action: "approve" }]]);
  });
});
