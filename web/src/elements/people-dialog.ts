/**
 * The dialog for the people of an album: who sees it, and who may add photos. Loaded when it is first opened.
 */
import "../styles/albums-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { explain } from "../i18n/common.ts";
import { AlbumMembers, type Member, type MemberApi, type MemberRole } from "../state/album-members.ts";
import type { Album } from "../state/albums.ts";
import { CANCEL_BUTTON, renderConfirmPrompt } from "./confirm-prompt.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

const ROLES: readonly MemberRole[] = ["viewer", "contributor"];

export function openPeopleDialog(api: MemberApi, { album_id: id, title }: Album): void {
  defineOnce("tintype-people-dialog", PeopleDialog);
  openDialog(new PeopleDialog(new AlbumMembers(api, id), title));
}

class PeopleDialog extends ModalDialog {
  static override properties = { emailInvalid: { state: true }, announcement: { state: true } };
  declare emailInvalid: boolean;
  /** What was done, for screen readers. */
  declare announcement: string;
  readonly #members: AlbumMembers;
  readonly #albumTitle: string;

  constructor(members: AlbumMembers, albumTitle: string) {
    super([members], () => undefined);
    this.#members = members;
    this.#albumTitle = albumTitle;
    this.emailInvalid = false;
    this.announcement = "";
  }

  protected override load(): void {
    void this.#members.load();
  }

  protected override reload(): void {
    if (this.#members.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    const { status, error } = this.#members;
    return this.renderDialog({
      name: "people-dialog",
      title: albumStrings.peopleTitle(this.#albumTitle),
      closeLabel: albumStrings.close,
      content: html`<p class="muted">${albumStrings.peopleHint}</p>
        ${
          status === "failed"
            ? this.renderLoadError(error)
            : html`${this.#form()}
              ${status === "loading" ? html`<p class="hint" role="status">${albumStrings.loadingPeople}</p>` : this.#list()}`
        }
        <p class="visually-hidden" role="status">${this.announcement}</p>`,
    });
  }

  #form(): TemplateResult {
    const { error, toRemove, busy } = this.#members;
    const problem = this.emailInvalid ? albumStrings.emailInvalid : error === null || toRemove !== null ? null : explain(error);
    return html`<form class="people-form" novalidate @submit=${this.#submitted}>
      <label class="field">
        <span>${albumStrings.email}</span>
        <input
          name="email"
          type="email"
          autocomplete="off"
          autocapitalize="none"
          required
          aria-invalid=${problem === null ? "false" : "true"}
          aria-describedby="people-error"
        />
      </label>
      <label class="field">
        <span>${albumStrings.role}</span>
        <select name="role">
          ${ROLES.map((role) => html`<option value=${role}>${albumStrings.memberRoles[role]}</option>`)}
        </select>
      </label>
      <button class="button primary" aria-disabled=${busy ? "true" : "false"}>${icons.add}${albumStrings.invite}</button>
      <p class="hint" id="people-error" role=${problem === null ? nothing : "alert"}>${problem}</p>
    </form>`;
  }

  #list(): TemplateResult {
    const { items } = this.#members;
    if (items.length === 0) return html`<p class="hint">${albumStrings.nobody}</p>`;
    return html`<ul class="people" role="list">
      ${keyedList(
        items,
        ({ member_id }) => member_id,
        (member) => html`<li>${this.#member(member)}</li>`,
      )}
    </ul>`;
  }

  #member(member: Member): TemplateResult {
    const { member_id: id, role, state } = member;
    const name = nameOf(member);
    return html`<p class="person">
        <b>${name}</b>${state === "pending" ? html`<span class="muted">${albumStrings.pending}</span>` : nothing}
      </p>
      <select aria-label=${albumStrings.roleOf(name)} data-member=${id} @change=${(event: Event) => void this.#roleChanged(member, event)}>
        ${ROLES.map((each) => html`<option value=${each} ?selected=${each === role}>${albumStrings.memberRoles[each]}</option>`)}
      </select>
      <button class="icon-button" type="button" aria-label=${albumStrings.removeMember(name)} title=${albumStrings.removeMember(name)} @click=${() => {
        this.#askToRemove(id);
      }}>${icons.close}</button>
      ${this.#members.toRemove === id ? this.#prompt(name) : nothing}`;
  }

  #prompt(name: string): TemplateResult {
    const members = this.#members;
    return renderConfirmPrompt({
      id: "people-prompt",
      text: albumStrings.removePrompt(name),
      action: albumStrings.removeConfirm,
      error: members.error,
      busy: members.busy,
      confirm: () => void this.#remove(),
      cancel: () => {
        members.askToRemove(null);
        void this.focusOn("#people-dialog-title");
      },
    });
  }

  #askToRemove(memberId: string): void {
    this.#members.askToRemove(memberId);
    void this.focusOn(CANCEL_BUTTON);
  }

  async #remove(): Promise<void> {
    if (!(await this.#members.remove())) return;
    this.announcement = albumStrings.memberRemoved;
    await this.focusOn("#people-dialog-title");
  }

  async #roleChanged({ member_id: id, role }: Member, event: Event): Promise<void> {
    const select = event.target as HTMLSelectElement;
    if (await this.#members.changeRole(id, select.value as MemberRole)) this.announcement = albumStrings.roleChanged;
    else select.value = role;
  }

  #submitted = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const email = (data.get("email") as string).trim();
    this.emailInvalid = !form.checkValidity();
    if (this.emailInvalid || !(await this.#members.add(email, data.get("role") as MemberRole))) {
      void this.focusOn("[name=email]");
      return;
    }
    form.reset();
    this.announcement = albumStrings.memberAdded(email);
    await this.focusOn("[name=email]");
  };
}

function nameOf({ email, state }: Member): string {
  return email ?? (state === "pending" ? albumStrings.invitedPerson : albumStrings.unknownPerson);
}
