import type { Card } from "@dealscope/shared/card";
import type { EngagementPanel } from "@dealscope/shared/engagement-panel";
import { useQueryClient } from "@tanstack/react-query";
import { useWords } from "../../i18n/words.ts";
import { useShell } from "../../shell.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Part, type PartProps } from "../part.tsx";
import { HeatLine } from "./heat-line.tsx";
import { HotMark } from "./hot-mark.tsx";
import { Recipients } from "./recipients.tsx";
import { TimelineList } from "./timeline-list.tsx";
import { isOfMail } from "./timeline-rows.ts";

/** What the deal's people do with the mails of campaigns, and what the deal did meanwhile. */
export function EngagementPart({ card, now }: PartProps) {
  const words = useWords();
  const isUnused = useIsUnused();
  if (card ? !card.engagement : isUnused) return null;
  const hot = card?.engagement?.hot;
  return (
    <Part
      title={words.t("engagement.title")}
      aside={hot && <HotMark hot={hot} now={now} />}
      loading={<Loading />}
      card={card}
    >
      {({ engagement, lead, segments }) =>
        engagement && <Content panel={engagement} leadId={lead.id} segments={segments} now={now} />
      }
    </Part>
  );
}

interface ContentProps {
  panel: EngagementPanel;
  leadId: number;
  segments: Card["segments"];
  now: number;
}

function Content({ panel, leadId, segments, now }: ContentProps) {
  const words = useWords();
  const { heat, recipients, timeline } = panel;
  // Moves and verdicts alone are no engagement, and stand elsewhere on the card.
  const isSilent = timeline.next === null && !timeline.entries.some(isOfMail);
  const isRead = heat.some(({ human, machine }) => human + machine > 0);
  return (
    <div className="dsc-stack">
      {isRead && <HeatLine heat={heat} />}
      {recipients.length > 0 && <Recipients recipients={recipients} now={now} />}
      {isSilent ? (
        <p className="dsc-quiet dsc-summary">{words.t("engagement.empty")}</p>
      ) : (
        <TimelineList
          leadId={leadId}
          first={timeline}
          segments={segments}
          now={now}
          isOfSeveral={recipients.length !== 1}
        />
      )}
    </div>
  );
}

/** An account that is not connected to Customer.io shows nothing here, which another of its cards may have told already. */
function useIsUnused(): boolean {
  const { accountId, userId } = useShell().page;
  const cards = useQueryClient().getQueriesData<Card>({ queryKey: ["card", accountId, userId] });
  return cards.some(([, card]) => card !== undefined && !card.engagement);
}

function Loading() {
  return (
    <div className="dsc-stack" aria-hidden="true">
      <div className="dsc-skeleton dsc-heat-skeleton" />
      <SkeletonRows widths={[42, 50, 36]} />
    </div>
  );
}
