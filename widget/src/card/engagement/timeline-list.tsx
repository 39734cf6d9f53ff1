import type { Card } from "@dealscope/shared/card";
import type { Timeline } from "@dealscope/shared/engagement-panel";
import { useRef, useState } from "react";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { TimelineItem } from "./timeline-item.tsx";
import { rowsOf } from "./timeline-rows.ts";
import { useTimeline } from "./use-timeline.ts";

const AT_FIRST = 4;

interface Props {
  leadId: number;
  /** The page that came with the card. */
  first: Timeline;
  segments: Card["segments"];
  now: number;
  /** Whose mail it was has to be said. */
  isOfSeveral: boolean;
}

/** What happened, newest first: a few at first, then all that is there, then page by page what is older. */
export function TimelineList({ leadId, first, ...item }: Props) {
  const words = useWords();
  const [isLong, setLong] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const { entries, hasOlder, error, isAsking, askOlder } = useTimeline(leadId, first);
  const rows = rowsOf(entries);
  const isCut = !isLong && (rows.length > AT_FIRST || hasOlder);
  const older = async () => {
    const isMore = await askOlder();
    // The button goes with the last page, and the keyboard's place with it.
    if (!isMore) list.current?.focus({ preventScroll: true });
  };
  return (
    <section aria-label={words.t("timeline.title")}>
      <h4 className="dsc-field__label">{words.t("timeline.title")}</h4>
      <ul className="dsc-list dsc-timeline" ref={list} tabIndex={-1}>
        {rows.slice(0, isCut ? AT_FIRST : rows.length).map((row) => (
          <TimelineItem key={row.kind === "machines" ? row.entries[0]?.id : row.entry.id} row={row} {...item} />
        ))}
      </ul>
      {isCut && (
        <TextButton isExpanded={false} onClick={() => setLong(true)}>
          {words.t("timeline.more")}
        </TextButton>
      )}
      {!isCut && error && (
        <Notice
          kind="error"
          action={
            <Button isBusy={isAsking} onClick={() => void older()}>
              {words.t("action.retry")}
            </Button>
          }
        >
          {explain(error, words)}
        </Notice>
      )}
      {!isCut && (
        <div className="dsc-row dsc-row--wide">
          {hasOlder && !error && (
            <Button isBusy={isAsking} onClick={() => void older()}>
              {words.t("timeline.older")}
            </Button>
          )}
          {rows.length > AT_FIRST && (
            <TextButton isExpanded onClick={() => setLong(false)}>
              {words.t("action.less")}
            </TextButton>
          )}
        </div>
      )}
    </section>
  );
}
