/**
 * The choice of a notification channel for a bundle, and what is left to do for it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { bundleStrings } from "../i18n/bundles.ts";
import { explain } from "../i18n/common.ts";
import { type Channel, CHANNELS, type NotificationSettings } from "../state/notifications.ts";

export function renderNotificationChoice(settings: NotificationSettings, unsubscribe: () => void): TemplateResult {
  return html`<fieldset class="bundle-channels" aria-describedby="bundle-channel">
      <legend>${bundleStrings.notifyMe}</legend>
      ${renderChannel(settings, null)} ${CHANNELS.map((channel) => renderChannel(settings, channel))}
    </fieldset>
    <p class="hint" id="bundle-channel" role=${settings.error === null ? "status" : "alert"}>
      ${settings.error === null ? subscriptionHint(settings) : explain(settings.error)}
    </p>
    ${
      settings.notifications.subscriptions.length > 0
        ? html`<button class="button quiet bundle-unsubscribe" type="button" @click=${unsubscribe}>${bundleStrings.unsubscribe}</button>`
        : nothing
    }`;
}

function subscriptionHint(settings: NotificationSettings): string | typeof nothing {
  const subscription = settings.selected === null ? null : settings.subscriptionFor(settings.selected);
  if (subscription === null) return nothing;
  const { channel, address, state } = subscription;
  const recipients = settings.recipients.map((recipient) => recipient.address);
  if (state === "confirmed") return bundleStrings.confirmed(recipients);
  const pending = bundleStrings.pending[channel](address);
  return recipients.length === 0 ? pending : `${pending} ${bundleStrings.untilConfirmed(recipients)}`;
}

function renderChannel(settings: NotificationSettings, channel: Channel | null): TemplateResult {
  const available = channel === null || settings.notifications.channels.includes(channel);
  const [name, hint] = bundleStrings.channels[channel ?? "none"];
  return html`<label class="option-card" ?data-unavailable=${!available}>
    <input
      type="radio"
      name="channel"
      value=${channel ?? "none"}
      .checked=${settings.selected === channel}
      ?disabled=${!available || settings.busy}
      @change=${() => void settings.select(channel)}
    />
    <span><b>${name}</b><small>${available ? hint : bundleStrings.channelUnavailable}</small></span>
  </label>`;
}
