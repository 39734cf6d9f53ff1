import type { Recipient } from "@dealscope/shared/engagement-panel";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { TextButton } from "../../ui/button.tsx";
import { Sign } from "./sign.tsx";
import { isStopped } from "./stopped-mark.tsx";

const AT_FIRST = 3;

/** The first is what a rep has to know before he counts on a mail. */
const ORDER: readonly Recipient["state"][] = ["spam", "unsubscribed", "bounced", "unknown", "reachable"];

/** To whom campaigns may write, and which do. */
export function Recipients({ recipients, now }: { recipients: readonly Recipient[]; now: number }) {
  const words = useWords();
  const [isWhole, setWhole] = useState(false);
  const sorted = recipients.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return (
    <section aria-label={words.t("recipient.title")}>
      <h4 className="dsc-field__label">{words.t("recipient.title")}</h4>
      <ul className="dsc-list">
        {sorted.slice(0, isWhole ? sorted.length : AT_FIRST).map((recipient) => (
          <RecipientRow key={recipient.contactId} recipient={recipient} now={now} />
        ))}
      </ul>
      {sorted.length > AT_FIRST && (
        <TextButton isExpanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? words.t("action.less") : words.t("action.more", { count: sorted.length })}
        </TextButton>
      )}
    </section>
  );
}

/** One person; behind it which campaigns have written, and which would. */
function RecipientRow({ recipient, now }: { recipient: Recipient; now: number }) {
  const words = useWords();
  const { contactId, name, state, since, campaigns } = recipient;
  const stoppedAt = isStopped(state) ? since : null;
  return (
    <li>
      <details className="dsc-details dsc-recipient">
        <summary>
          <span className="dsc-recipient__name">{name || words.t("committee.no_name", { id: contactId })}</span>
          <span className={`dsc-recipient__state dsc-recipient__state--${state}`}>
            <Sign kind={SIGNS[state]} /> {words.t(`recipient.${state}`)}
            {stoppedAt && <span className="dsc-quiet dsc-recipient__since">{words.ago(stoppedAt, now)}</span>}
          </span>
        </summary>
        <div className="dsc-recipient__more">
          <p className="dsc-summary">
            {words.t(`recipient_more.${state}`)}
            {stoppedAt && ` ${words.t("recipient.since", { when: words.when(stoppedAt, now) })}`}
          </p>
          {campaigns.length === 0 ? (
            <p className="dsc-summary">{words.t("recipient.no_campaign")}</p>
          ) : (
            <ul className="dsc-list" aria-label={words.t("recipient.campaigns")}>
              {campaigns.map((campaign) => (
                <li key={campaign.name} className="dsc-campaign">
                  <span className="dsc-strong">{campaign.name}</span>
                  {" · "}
                  {campaign.lastSentAt
                    ? words.t("recipient.last_sent", { ago: words.ago(campaign.lastSentAt, now) })
                    : words.t("recipient.not_sent")}
                  {campaign.isStartedByDeals && ` · ${words.t("recipient.by_deals")}`}
                </li>
              ))}
            </ul>
          )}
        </div>
      </details>
    </li>
  );
}

const SIGNS = {
  reachable: "subscribed",
  unsubscribed: "unsubscribed",
  bounced: "bounced",
  spam: "spam",
  unknown: "unknown",
} as const;
