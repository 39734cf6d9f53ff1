import type { Activity, ActivityKind } from "@dealscope/shared/activity";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { LeadPicker, type PickedLead } from "../kit/lead-picker.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { HappeningRow } from "./happening-row.tsx";
import { StuckBox } from "./stuck-box.tsx";

const KINDS = ["all", "received", "decided", "written", "failed"] as const;
type Kind = "all" | ActivityKind;

/** What happened, newest first, and what is stuck. */
export function ActivityTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const [kind, setKind] = useState<Kind>("all");
  const [lead, setLead] = useState<PickedLead>();
  // Page by page: where each of those read so far begins.
  const [pages, setPages] = useState<(string | undefined)[]>([undefined]);
  const narrow = (change: () => void) => {
    change();
    setPages([undefined]);
  };
  return (
    <>
      {isAdmin && <StuckBox />}
      <Box title={words.t("activity.title")}>
        <div className="dsc-stack dsc-stack--wide">
          <Choice
            label={words.t("activity.kind")}
            value={kind}
            options={KINDS.map((value) => ({ value, label: words.t(`activity_kind.${value}`) }))}
            onChange={(value) => narrow(() => setKind(value))}
          />
          <div className="dsc-row dsc-row--end">
            <div className="dsc-narrow dsc-grow">
              <LeadPicker
                label={words.t("activity.of_lead")}
                value={lead}
                onChange={(value) => narrow(() => setLead(value))}
              />
            </div>
            {lead && <Button onClick={() => narrow(() => setLead(undefined))}>{words.t("activity.all_leads")}</Button>}
          </div>
          <ul className="dsc-list">
            {pages.map((before, at) => (
              <ActivityPage
                key={before ?? "first"}
                kind={kind}
                leadId={lead?.id}
                before={before}
                onMore={at === pages.length - 1 ? (next) => setPages([...pages, next]) : undefined}
              />
            ))}
          </ul>
        </div>
      </Box>
    </>
  );
}

interface PageProps {
  kind: Kind;
  leadId: number | undefined;
  before: string | undefined;
  /** Of the last page shown. */
  onMore: ((next: string) => void) | undefined;
}

function ActivityPage({ kind, leadId, before, onMore }: PageProps) {
  const words = useWords();
  const wish = new URLSearchParams({
    ...(kind === "all" ? {} : { kind }),
    ...(leadId === undefined ? {} : { leadId: String(leadId) }),
    ...(before === undefined ? {} : { before }),
  });
  const isFirst = before === undefined;
  const query = useAnswer<Activity>(`/api/activity?${wish}`, isFirst ? { again: () => 10_000 } : {});
  if (query.data === undefined)
    return (
      <li>
        <Loaded query={query}>{() => null}</Loaded>
      </li>
    );
  const { happenings, next } = query.data;
  return (
    <>
      {query.error && (
        <li>
          <Loaded query={query}>{() => null}</Loaded>
        </li>
      )}
      {happenings.map((happening) => (
        <HappeningRow key={happening.id} happening={happening} />
      ))}
      {isFirst && happenings.length === 0 && (
        <li>
          <Empty>{words.t("activity.empty")}</Empty>
        </li>
      )}
      {onMore && next && (
        <li className="dsc-list__item">
          <Button onClick={() => onMore(next)}>{words.t("activity.more")}</Button>
        </li>
      )}
    </>
  );
}
