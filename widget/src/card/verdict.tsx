import type { Card, CardOverride } from "@dealscope/shared/card";
import { useWords, type Words } from "../i18n/words.ts";
import { Button } from "../ui/button.tsx";
import { Lock } from "../ui/lock.tsx";
import { Mark } from "../ui/mark.tsx";
import { Notice } from "../ui/notice.tsx";
import { Ring } from "../ui/ring.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { toneOf } from "../ui/tone.ts";
import { HotMark } from "./engagement/hot-mark.tsx";
import { StoppedMark } from "./engagement/stopped-mark.tsx";
import { FirstInQueue } from "./first-in-queue.tsx";
import { judgeOf } from "./judge-of.ts";
import { NextAction } from "./next-action.tsx";
import { Part, type PartProps } from "./part.tsx";
import { saidBy } from "./said-by.ts";
import type { Requalifying } from "./use-requalify.ts";

/** What this lead is worth, who says so, and what to do now. */
export function Verdict({ card, now, requalifying }: PartProps & { requalifying: Requalifying }) {
  const words = useWords();
  return (
    <Part
      title={words.t("verdict.title")}
      aside={card && <FirstInQueue card={card} />}
      loading={<LoadingVerdict />}
      card={card}
    >
      {(shown) => (
        <div className="dsc-stack">
          <Headline card={shown} now={now} />
          {shown.engagement?.hot && (
            <div className="dsc-row">
              <HotMark hot={shown.engagement.hot} now={now} />
              <span className="dsc-quiet">{words.ago(shown.engagement.hot.lastAt, now)}</span>
            </div>
          )}
          {shown.engagement && <StoppedMark recipients={shown.engagement.recipients} now={now} />}
          {shown.override && <OverrideNote override={shown.override} card={shown} now={now} />}
          {shown.verdict?.status === "needs_manual" && (
            <Notice
              kind="warning"
              action={
                shown.lead.mayEdit && (
                  <Button isBusy={requalifying.isJudging} onClick={requalifying.ask}>
                    {words.t("action.retry")}
                  </Button>
                )
              }
            >
              {words.t(`reason.${shown.verdict.reason ?? "invalid"}`)}
            </Notice>
          )}
          {shown.verdict && shown.verdict.status !== "needs_manual" && (
            <p className="dsc-summary">{shown.verdict.summary}</p>
          )}
          {!shown.verdict && !shown.pending && <p className="dsc-quiet dsc-summary">{words.t("verdict.none_text")}</p>}
          <NextAction card={shown} now={now} />
        </div>
      )}
    </Part>
  );
}

function Headline({ card, now }: { card: Card; now: number }) {
  const words = useWords();
  const { standing, override } = card;
  const said = saidBy(card);
  const isOnItsWay = card.pending !== null && card.pending.state !== "stuck";
  const tone = toneOf(
    standing.segment?.key,
    card.segments.map(({ key }) => key),
  );
  const label =
    standing.score === null ? words.t("verdict.no_score") : words.t("verdict.score", { score: standing.score });
  return (
    <div className="dsc-headline">
      <Ring score={standing.score} tone={tone} label={label} />
      <div className="dsc-headline__words">
        <div className="dsc-headline__segment">
          <Mark tone={tone} />
          <span>{headingOf(card, words)}</span>
          {override && <Lock label={words.t("verdict.locked")} />}
        </div>
        {said && !override && (
          <>
            <div className="dsc-quiet">
              <time dateTime={said.at} title={words.when(said.at, now)}>
                {words.ago(said.at, now)}
              </time>
              {said.judge.askedBy !== "events" && ` · ${words.t("verdict.asked_by", { name: said.judge.askedBy })}`}
            </div>
            {!isOnItsWay && <div className="dsc-quiet">{judgeOf(said, words)}</div>}
          </>
        )}
        {override && (
          <>
            <div className="dsc-quiet">{words.t("verdict.by_rep", { name: override.byName })}</div>
            <div className="dsc-quiet">
              <time dateTime={override.at} title={words.when(override.at, now)}>
                {words.ago(override.at, now)}
              </time>
              {" · "}
              {override.expiresAt
                ? words.t("verdict.until", { date: words.day(override.expiresAt) })
                : words.t("verdict.until_cleared")}
            </div>
          </>
        )}
        <Progress card={card} now={now} />
      </div>
    </div>
  );
}

/** That a verdict is on its way; said aloud, for a person may have asked for it. */
function Progress({ card: { pending }, now }: { card: Card; now: number }) {
  const words = useWords();
  return (
    <div className="dsc-quiet" role="status">
      {pending && pending.state !== "stuck" && (
        <span className="dsc-progress">
          {pending.state === "waiting" && Date.parse(pending.dueAt) - now > 60_000
            ? words.t("verdict.waiting", { when: words.ahead(pending.dueAt, now) })
            : words.t("verdict.working")}
        </span>
      )}
    </div>
  );
}

function headingOf({ standing, verdict }: Card, words: Words): string {
  if (standing.segment) return standing.segment.name;
  if (verdict?.status === "not_enough") return words.t("verdict.not_enough");
  if (verdict?.status === "needs_manual") return words.t("verdict.needs_manual");
  return verdict ? words.t("verdict.no_segment") : words.t("verdict.none");
}

/** Why a person said otherwise, and what the model thinks meanwhile. */
function OverrideNote({ override, card, now }: { override: CardOverride; card: Card; now: number }) {
  const words = useWords();
  const { verdict } = card;
  return (
    <div className="dsc-note">
      <div>{override.reason}</div>
      {verdict && (
        <div className="dsc-quiet dsc-row dsc-note__model">
          <span>{words.t("verdict.model_thinks")}</span>
          <Mark
            tone={toneOf(
              verdict.segment?.key,
              card.segments.map(({ key }) => key),
            )}
          />
          <span>
            {[
              verdict.segment?.name ?? headingOf({ ...card, standing: { ...card.standing, segment: null } }, words),
              verdict.score,
            ]
              .filter((part) => part !== null)
              .join(" ")}
          </span>
          <time dateTime={verdict.decidedAt}>{words.ago(verdict.decidedAt, now)}</time>
        </div>
      )}
    </div>
  );
}

function LoadingVerdict() {
  return (
    <div className="dsc-stack" aria-hidden="true">
      <div className="dsc-headline">
        <div className="dsc-skeleton dsc-skeleton--ring" />
        <div className="dsc-loading-words">
          <Skeleton widths={[50, 70, 90]} />
        </div>
      </div>
      <Skeleton widths={[96, 88, 92, 40]} />
      <div className="dsc-skeleton dsc-skeleton--box" />
    </div>
  );
}
