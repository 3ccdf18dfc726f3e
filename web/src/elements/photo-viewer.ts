/**
 * The full-screen photo viewer, based on PhotoSwipe. Loaded when it is first opened.
 */
import "photoswipe/style.css";
import "../styles/photo-viewer.css";
import "../styles/info-panel.css";

import PhotoSwipe from "photoswipe";

import { deviceStorage } from "../core/browser-storage.ts";
import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { systemClock } from "../core/clock.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { browserNetwork, retryRepeatedly } from "../core/network-status.ts";
import { explain, strings } from "../i18n/common.ts";
import { selectionStrings } from "../i18n/selection.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { type PhotoAction, PhotoActions, photoActions } from "../state/photo-actions.ts";
import type { PhotoSequence } from "../state/photo-sequence.ts";
import { altText, type Photo } from "../state/photo.ts";
import { type Toast, Toaster } from "../state/toaster.ts";
import type { ViewPosition } from "../state/viewer-list.ts";
import { registerCopyLink } from "./copy-link.ts";
import { type RandomDraw, registerDrawOdds } from "./draw-odds.ts";
import { icons } from "./icons.ts";
import { type EditHandlers, InfoPanel, type PhotoSource } from "./info-panel.ts";
import type { PhotoAlbumsContext } from "./photo-albums.ts";
import { registerShare } from "./share-button.ts";
import { registerInfoButton, registerMenu, registerTrash } from "./viewer-buttons.ts";
import { registerCaption } from "./viewer-caption.ts";
import { registerCounter } from "./viewer-counter.ts";
import { ViewerEdits } from "./viewer-edits.ts";
import { ViewerPhotos } from "./viewer-photos.ts";
import { loadPreviewsFirst, slideOf, viewerOptions, zoomOutFirst } from "./viewer-slides.ts";
import { createSlideshow, registerSlideshow } from "./viewer-slideshow.ts";

export interface ViewerHandlers {
  /** Returns the image of a photo in the grid, which the viewer zooms from and back to. */
  readonly thumbnailOf: (photo: Photo) => HTMLImageElement | null;
  /** The URL of a photo in the current view. */
  readonly linkTo: (photo: Photo) => string;
  /** Called when another photo is shown. */
  readonly onChange: (photo: Photo) => void;
  /** Called when the user opened or closed the info panel. */
  readonly onInfoToggled: (isOpen: boolean) => void;
  readonly source: PhotoSource;
  readonly editing: EditHandlers;
  readonly albums: PhotoAlbumsContext;
  /** Whether the view has the photos that wait for a decision of the album's owner. */
  readonly isReview: boolean;
  /** For a random photo. */
  readonly randomDraw: RandomDraw | null;
  /** Shows the photos of a tag. */
  readonly openTag: (tag: string) => void;
  /** Opens the dialog that shares a photo, in an element of the viewer, which keeps the focus. */
  readonly share: (photo: Photo, parent: Element) => void;
  /** Shows what was reported last, or after the viewer closed. */
  readonly showToast: (toast: Toast) => void;
  /** Called with the last photo once the viewer is closed. */
  readonly onClose: (last: Photo) => void;
}

/** Maximum window width for the panel as a bottom sheet, and for a caption with its tags below, px, and the height of the sheet as a share of the window. */
const SHEET_MAX_WIDTH = 700;
const SHEET_HEIGHT = 0.55;
/** Height of the lines of a caption, px. */
const CAPTION_HEIGHT = 72;
/** Width of the panel next to the photo, px. */
const PANEL_WIDTH = 360;

const loadConfirmDialog = lazyImport(() => import("./confirm-dialog.ts"));

export interface Viewer {
  /** The photo that is displayed. */
  readonly current: Photo | undefined;
  readonly isInfoOpen: boolean;
  close(): void;
  /** Goes to a photo; false if it is not in the viewer's list. */
  show(photoId: string): boolean;
  /** Opens or closes the info panel. */
  setInfo(open: boolean): void;
  playSlideshow(): void;
}

/** Opens the viewer on a photo of a sequence. */
export function openViewer(sequence: PhotoSequence, handlers: ViewerHandlers): Viewer {
  const { randomDraw } = handlers;
  const pswp: PhotoSwipe = new PhotoSwipe({
    ...viewerOptions(sequence.index, viewerStrings),
    paddingFn: ({ x, y }, _, index) => {
      if (slideshow.playing) return { top: 0, bottom: 0, left: 0, right: 0 };
      const captionHeight = photos.at(index)?.caption ? CAPTION_HEIGHT : 0;
      const bottom = (x > SHEET_MAX_WIDTH ? 88 : 124) + captionHeight;
      const padding = { top: x > SHEET_MAX_WIDTH ? 64 : randomDraw === null ? 56 : 116, bottom, left: 0, right: 0 };
      if (!panel?.isOpen) return padding;
      return x > SHEET_MAX_WIDTH ? { ...padding, right: PANEL_WIDTH, bottom: padding.top } : { ...padding, bottom: y * SHEET_HEIGHT };
    },
  });
  const photos = new ViewerPhotos(pswp, sequence, () => {
    renderCounter();
  });
  const current = () => photos.current;
  const possibleActions = () => {
    const photo = current();
    return photo === undefined ? [] : photoActions(photo);
  };
  /** Whether a dialog or menu covers the viewer: keys belong to it. */
  const isCovered = () => (pswp.element?.querySelector("dialog[open], :popover-open") ?? null) !== null;
  let panel: InfoPanel | null = null;
  /** Render what belongs to the current photo. */
  let renderCaption: () => void = () => undefined;
  let renderCounter: () => void = () => undefined;
  let renderTrash: () => void = () => undefined;
  let isClosed = false;
  const toaster = new Toaster(systemClock);
  const report = (toast: Toast) => {
    if (isClosed) handlers.showToast(toast);
    else toaster.show(toast);
  };
  const receive = (photo: Photo, hasLeft: boolean) => {
    photos.update(photo);
    renderCaption();
    renderTrash();
    panel?.update(photo);
    handlers.editing.onSaved(photo, hasLeft);
  };
  const edits = new ViewerEdits(handlers.editing.api, current, toaster, (photo, leftAlbum) => {
    receive(photo, leftAlbum !== null && leftAlbum === handlers.albums.current.id);
  });
  const actions = new PhotoActions(handlers.editing.api, { slides: photos, onChanged: receive, report });
  const slideshow = createSlideshow(pswp, () => {
    photos.showNext();
  });

  /** Performs an action on the current photo; asks before one that cannot be undone. */
  function act(action: PhotoAction): void {
    const photo = current();
    if (photo === undefined || !possibleActions().includes(action)) return;
    const perform = () => actions.perform(action, photo, handlers.isReview);
    if (action === "delete_permanently") confirmDeletion(perform);
    else void perform();
  }

  function confirmDeletion(perform: () => Promise<void>): void {
    loadConfirmDialog().then(
      ({ openConfirmDialog }) => {
        const confirm = () => {
          void perform();
          return Promise.resolve();
        };
        const [question, hint] = [viewerStrings.deleteQuestion, viewerStrings.deleteHint];
        openConfirmDialog({ question, hint, action: selectionStrings.deletePermanently, confirm }, pswp.element);
      },
      (error: unknown) => {
        report({ message: explain(error), errors: [], undo: null });
      },
    );
  }

  function setInfo(open: boolean): void {
    const photo = current();
    if (panel === null || photo === undefined || panel.isOpen === open) return;
    const button = pswp.element?.querySelector<HTMLElement>(".pswp__button--info");
    const inPanel = document.activeElement?.closest("#info") !== null;
    if (open) panel.open(photo);
    else panel.close();
    button?.setAttribute("aria-expanded", String(open));
    pswp.element?.classList.toggle("pswp--info", open);
    if (!open && inPanel) button?.focus();
    pswp.updateSize(true);
  }

  function toggleInfo(): void {
    if (panel === null) return;
    setInfo(!panel.isOpen);
    handlers.onInfoToggled(panel.isOpen);
  }

  pswp.addFilter("itemData", (_, position) => {
    const photo = photos.at(position);
    return photo === undefined ? {} : slideOf(photo, altText(photo), handlers.thumbnailOf(photo));
  });

  loadPreviewsFirst(pswp);

  pswp.on("firstUpdate", () => {
    pswp.element?.setAttribute("aria-label", viewerStrings.viewer);
    pswp.element?.setAttribute("aria-modal", "true");
  });
  pswp.on("uiRegister", () => {
    renderCounter = registerCounter(pswp, () => describePosition(photos.position));
    renderCaption = registerCaption(pswp, current, { openTag: handlers.openTag, openInfo: toggleInfo, act });
    if (randomDraw !== null) {
      registerDrawOdds(pswp, randomDraw, ({ photo }) => {
        photos.replaceAll(photo);
        edits.renderButton();
      });
    }
    registerSlideshow(pswp, slideshow, viewerStrings);
    edits.register(pswp);
    renderTrash = registerTrash(
      pswp,
      () => possibleActions().includes("trash"),
      () => {
        act("trash");
      },
    );
    registerInfoButton(pswp, toggleInfo);
    registerCopyLink(pswp, () => {
      const photo = current();
      return photo === undefined ? null : { url: handlers.linkTo(photo), photo };
    });
    registerShare(pswp, current, handlers.share);
    registerMenu(pswp, [
      { button: "slideshow", icon: icons.play, label: viewerStrings.play },
      { button: "share", icon: icons.share, label: strings.share },
      { button: "copy-link", icon: icons.link, label: viewerStrings.copyLink },
    ]);
    pswp.ui?.registerElement({
      name: "info-panel",
      className: "pswp__info",
      order: 10,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        const { source, openTag, editing, albums } = handlers;
        panel = new InfoPanel(element, {
          ...editing,
          ...source,
          albums,
          albumHandlers: { change: edits.changeAlbums, report: edits.report },
          editorOf: (photo) => edits.editorOf(photo),
          editDescription: edits.edit,
          openTag,
          openPhoto: (photo) => {
            photos.open(photo);
          },
          act,
          close: toggleInfo,
        });
        pswp.on("change", () => {
          const photo = current();
          if (photo) panel?.show(photo);
        });
      },
    });
  });
  // Escape closes the panel first, then the viewer.
  pswp.on("keydown", (event) => {
    if (isCovered()) event.preventDefault();
    if (isCovered() || event.originalEvent.key !== "Escape" || !panel?.isOpen) return;
    event.preventDefault();
    toggleInfo();
  });
  zoomOutFirst(pswp);
  slideshow.watch(() => {
    if (slideshow.playing && panel?.isOpen === true) toggleInfo();
  });

  let last = photos.at(sequence.index);
  pswp.on("change", () => {
    const photo = current();
    if (photo !== undefined && photo.photo_id !== last?.photo_id) handlers.onChange(photo);
    last = photo;
  });
  pswp.on("destroy", () => {
    isClosed = true;
    const { toast } = toaster;
    toaster.dismiss();
    if (last) handlers.onClose(last);
    if (toast !== null && toast.undo !== null) handlers.showToast(toast);
  });
  pswp.init();
  // Failed images load again when the browser is back online.
  pswp.events.add(window, "online", () => {
    retryRepeatedly(systemClock, browserNetwork, () => {
      photos.retryFailed();
    });
  });
  // The viewer's own key events start only after its opening animation.
  pswp.events.add(document, "keydown", (event) => {
    if (isCovered()) return;
    handleKey(event as KeyboardEvent);
  });
  function handleKey(event: KeyboardEvent): void {
    edits.handleKey(event);
    if (!isSingleKeyShortcut(event, deviceStorage)) return;
    if (event.key.toLowerCase() === "i") toggleInfo();
    const isDelete = event.key === "Delete" || event.key === "Backspace";
    if (isDelete && !event.repeat) act(current()?.state === "trashed" ? "delete_permanently" : "trash");
  }
  return {
    get current() {
      return current();
    },
    get isInfoOpen() {
      return panel?.isOpen === true;
    },
    close: () => {
      pswp.close();
    },
    show: (photoId) => photos.show(photoId),
    setInfo,
    playSlideshow: () => {
      slideshow.play();
    },
  };
}

function describePosition(position: ViewPosition | null): string {
  if (position === null) return "";
  const { number, total } = position;
  return viewerStrings.position(number, total?.photos ?? null, total?.exact === true);
}
