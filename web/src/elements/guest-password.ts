/**
 * The form that asks a guest for the password of a shared link.
 */
import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { explainToGuest, guestStrings as strings, minutesOf } from "../i18n/guest.ts";
import type { GuestAlbum, PasswordProblem } from "../state/guest-album.ts";
import { icons } from "./icons.ts";

/** Renders the form; `now` is in ms since the epoch. */
export function renderPasswordForm(album: GuestAlbum, now: number): TemplateResult {
  const { checkingPassword: checking, passwordProblem: problem } = album;
  const text = problem === null ? null : explainProblem(problem, now);
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).querySelector<HTMLInputElement>("[name=password]");
    if (input === null || input.value === "" || isThrottled(problem, now)) input?.focus();
    else
      void album.enterPassword(input.value).then(() => {
        if (album.passwordProblem === null) return;
        input.select();
        input.focus();
      });
  };
  return html`<form class="guest-message guest-password" novalidate @submit=${submitted}>
    ${icons.lock}
    <h1>${strings.passwordTitle}</h1>
    <p id="password-hint">${strings.passwordHint}</p>
    <label class="field">
      <span class="visually-hidden">${strings.password}</span>
      <input
        name="password"
        type="password"
        autocomplete="current-password"
        placeholder=${strings.password}
        autofocus
        aria-invalid=${problem?.kind === "wrong" ? "true" : "false"}
        aria-describedby="password-problem"
      />
    </label>
    <p class="hint" id="password-problem" role=${text === null ? nothing : "alert"}>${text}</p>
    <button class="button primary" aria-disabled=${checking || isThrottled(problem, now) ? "true" : "false"}>${strings.open}</button>
  </form>`;
}

/** Whether the guest has to wait before another password is tried. */
function isThrottled(problem: PasswordProblem | null, now: number): boolean {
  return problem?.kind === "throttled" && problem.until > now;
}

function explainProblem(problem: PasswordProblem, now: number): string | null {
  if (problem.kind === "wrong") return strings.wrongPassword;
  if (problem.kind === "failed") return explainToGuest(problem.error, browserNetwork.online);
  return problem.until > now ? strings.tooManyPasswords(minutesOf(problem.until - now)) : null;
}
