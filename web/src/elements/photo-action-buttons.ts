/**
 * The buttons for what can be done with the photo in the viewer.
 */
import { html, type TemplateResult } from "lit";

import { selectionStrings } from "../i18n/selection.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import type { PhotoAction } from "../state/photo-actions.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";

const BUTTONS: Readonly<Record<PhotoAction, { readonly label: string; readonly icon: TemplateResult }>> = {
  trash: { label: viewerStrings.moveToTrash, icon: icons.trash },
  restore: { label: selectionStrings.restore, icon: icons.restore },
  delete_permanently: { label: selectionStrings.deletePermanently, icon: icons.trash },
  approve: { label: selectionStrings.approve, icon: icons.check },
  decline: { label: selectionStrings.decline, icon: icons.minus },
};

export function renderPhotoActions(actions: readonly PhotoAction[], act: (action: PhotoAction) => void): unknown {
  return keyedList(
    actions,
    (action) => action,
    (action) => html`<button
      type="button"
      @click=${() => {
        act(action);
      }}
    >
      ${BUTTONS[action].icon}${BUTTONS[action].label}
    </button>`,
  );
}
