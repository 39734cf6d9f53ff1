import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../api/problem.ts";
import { cardQuery } from "../api/queries.ts";
import { readLeadId } from "../host/page.ts";
import { type Shell, ShellProvider, useShell } from "../shell.tsx";
import { Act } from "./act.tsx";
import { Banners } from "./banners.tsx";
import { CommitteePart } from "./committee/committee-part.tsx";
import { EngagementPart } from "./engagement/engagement-part.tsx";
import { History } from "./history.tsx";
import { NextInQueue } from "./next-in-queue.tsx";
import { NoCard, NotSaved } from "./no-card.tsx";
import { useClock } from "./use-clock.ts";
import { useRequalify } from "./use-requalify.ts";
import { Verdict } from "./verdict.tsx";
import { Why } from "./why.tsx";

const LOOK_MS = 1_000;

export function CardApp({ shell }: { shell: Shell }) {
  const leadId = useLeadId();
  return (
    <ShellProvider shell={shell}>
      <div className="dsc-card">{leadId === 0 ? <NotSaved /> : <LeadCard key={leadId} leadId={leadId} />}</div>
    </ShellProvider>
  );
}

/** Kommo does not tell when a new deal was saved and has got its id. */
function useLeadId(): number {
  const [leadId, setLeadId] = useState(() => readLeadId() ?? 0);
  useEffect(() => {
    if (leadId !== 0) return;
    const timer = setInterval(() => setLeadId(readLeadId() ?? 0), LOOK_MS);
    return () => clearInterval(timer);
  }, [leadId]);
  return leadId;
}

function LeadCard({ leadId }: { leadId: number }) {
  const { client, page } = useShell();
  const query = useQuery(cardQuery(client, page, leadId));
  const { data: card, error, dataUpdatedAt } = query;
  const now = useClock(card, dataUpdatedAt);
  const requalifying = useRequalify(card, leadId);
  const refresh = () => void query.refetch();
  const committee = useRef<HTMLDivElement>(null);
  const seeHold = () => {
    committee.current?.scrollIntoView();
    committee.current?.focus({ preventScroll: true });
  };
  // What was seen once stays while the network is away, but not when it may not be seen any more.
  const isHidden = error && (!card || ["not_found", "not_connected", "unauthorized"].includes(asProblem(error).code));
  if (isHidden) return <NoCard error={error} isBusy={query.isFetching} onRetry={refresh} />;
  const part = { card, now };
  return (
    <>
      <Banners card={card} error={error} readAt={dataUpdatedAt} onRefresh={refresh} onSeeHold={seeHold} />
      <Verdict {...part} requalifying={requalifying} />
      <Why {...part} />
      <Act {...part} requalifying={requalifying} />
      <div className="dsc-place" ref={committee} tabIndex={-1}>
        <CommitteePart {...part} />
      </div>
      <EngagementPart {...part} />
      <NextInQueue {...part} />
      <History {...part} />
    </>
  );
}
