/**
 * Buttons of the viewer's bar: the trash, the info panel, and on phones the menu with what has no room; based on PhotoSwipe.
 */
import { html, render, type TemplateResult } from "lit";
import type PhotoSwipe from "photoswipe";

import { viewerStrings } from "../i18n/viewer.ts";
import { icons } from "./icons.ts";

/** Registers the button that moves the current photo to the trash, if `isPossible`; returns the function that renders it again. */
export function registerTrash(pswp: PhotoSwipe, isPossible: () => boolean, trash: () => void): () => void {
  let button: HTMLElement | null = null;
  const update = () => {
    if (button !== null) button.hidden = !isPossible();
  };
  pswp.ui?.registerElement({
    name: "trash",
    order: 8,
    isButton: true,
    title: `${viewerStrings.moveToTrash} (Delete)`,
    ariaLabel: viewerStrings.moveToTrash,
    onInit: (created) => {
      button = created;
      render(icons.trash, created);
      created.setAttribute("aria-keyshortcuts", "Delete");
      pswp.on("change", update);
      update();
    },
    onClick: trash,
  });
  return update;
}

/** Registers the button that opens and closes the info panel. */
export function registerInfoButton(pswp: PhotoSwipe, toggle: () => void): void {
  pswp.ui?.registerElement({
    name: "info",
    order: 9,
    isButton: true,
    title: `${viewerStrings.info} (i)`,
    ariaLabel: viewerStrings.info,
    onInit: (button) => {
      render(icons.info, button);
      button.setAttribute("aria-controls", "info");
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-keyshortcuts", "i");
    },
    onClick: toggle,
  });
}

/** A button of the bar that is in the menu on phones: the class of its element, its icon and its label. */
export interface MenuItem {
  readonly button: string;
  readonly icon: TemplateResult;
  readonly label: string;
}

/** Registers the menu, which clicks the buttons that have no room. */
export function registerMenu(pswp: PhotoSwipe, items: readonly MenuItem[]): void {
  const buttonOf = ({ button }: MenuItem) => pswp.element?.querySelector<HTMLElement>(`.pswp__button--${button}`) ?? null;
  pswp.ui?.registerElement({
    name: "menu-list",
    className: "viewer-menu",
    order: 9,
    isButton: false,
    appendTo: "root",
    onInit: (menu) => {
      menu.id = "viewer-menu";
      menu.popover = "auto";
      menu.addEventListener("beforetoggle", () => {
        const available = items.filter((item) => buttonOf(item)?.hidden === false);
        render(
          available.map(
            (item) => html`<button
              type="button"
              popovertarget="viewer-menu"
              popovertargetaction="hide"
              @click=${() => {
                buttonOf(item)?.click();
              }}
            >
              ${item.icon}${item.label}
            </button>`,
          ),
          menu,
        );
      });
    },
  });
  pswp.ui?.registerElement({
    name: "menu",
    order: 9.5,
    isButton: true,
    title: viewerStrings.more,
    ariaLabel: viewerStrings.more,
    onInit: (button) => {
      render(icons.more, button);
      button.setAttribute("popovertarget", "viewer-menu");
    },
  });
}
