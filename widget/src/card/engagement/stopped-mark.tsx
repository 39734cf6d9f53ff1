import type { Recipient } from "@dealscope/shared/engagement-panel";
import { useWords } from "../../i18n/words.ts";
import { Sign } from "./sign.tsx";

/** Whom of the deal’s people no campaign may write to any more: known before anybody counts on a mail. */
export function StoppedMark({ recipients, now }: { recipients: readonly Recipient[]; now: number }) {
  const words = useWords();
  const stopped = recipients.flatMap(({ state, ...of }) => (isStopped(state) ? [{ state, ...of }] : []));
  // The main contact comes first.
  const [first] = stopped;
  if (!first) return null;
  const { contactId, name, state, since } = first;
  return (
    <div className="dsc-row">
      <span
        className="dsc-chip"
        title={since ? words.t("recipient.since", { when: words.when(since, now) }) : undefined}
      >
        <Sign kind={state} /> {name || words.t("committee.no_name", { id: contactId })}: {words.t(`recipient.${state}`)}
        {stopped.length > 1 && `\u00a0+${stopped.length - 1}`}
      </span>
    </div>
  );
}

export function isStopped(state: Recipient["state"]): state is "unsubscribed" | "bounced" | "spam" {
  return state !== "reachable" && state !== "unknown";
}
