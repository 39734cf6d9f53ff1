import type { Backfill } from "@dealscope/shared/backfill";
import type { Lists } from "@dealscope/shared/lists";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { BACKFILLS } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Box, Failure } from "../kit/box.tsx";
import { count, duration, money } from "../kit/figures.ts";
import { Meter } from "../kit/meter.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { filterText } from "./states.ts";

type Order = "start" | "pause" | "cancel";

/** The one that is being counted, waits for a start, runs or stands still. */
export function OpenBackfill({ backfill, lists }: { backfill: Backfill; lists: Lists | undefined }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const [isLeaving, setLeaving] = useState(false);
  const give = useAction<Backfill, Order>(
    (ask, order) => ask(`${BACKFILLS}/${backfill.id}/${order}`, { method: "POST" }),
    () => {
      setLeaving(false);
      void known.refresh(BACKFILLS);
    },
  );
  const { state, total, judged, failed, gone } = backfill;
  const done = judged + failed + gone;
  const isBusy = (order: Order) => give.isPending && give.variables === order;
  const hasBegun = state === "running" || state === "paused";
  return (
    <Box title={words.t(`backfill_state.${state}`)} lead={filterText(backfill.filter, lists, words)}>
      <div className="dsc-stack dsc-stack--wide">
        {hasBegun && (
          <Meter
            value={done}
            max={total}
            label={words.t("backfill.progress", { done: count(done, words), all: count(total, words) })}
          />
        )}
        <dl className="dsc-stats">
          <Stat name={words.t("backfill.leads")}>
            {hasBegun
              ? words.t("backfill.progress", { done: count(done, words), all: count(total, words) })
              : count(total, words)}
          </Stat>
          {state !== "counting" && (
            <>
              <Stat name={words.t(hasBegun ? "backfill.cost_so_far" : "backfill.cost")}>
                {hasBegun
                  ? words.t("backfill.cost_of", {
                      cost: money(backfill.costMicros, words),
                      all: money(backfill.expectedCostMicros, words),
                    })
                  : money(backfill.expectedCostMicros, words)}
              </Stat>
              {backfill.secondsLeft !== null && (
                <Stat name={words.t(hasBegun ? "backfill.time_left" : "backfill.time")}>
                  {duration(backfill.secondsLeft, words)}
                </Stat>
              )}
            </>
          )}
          {backfill.perMinute !== null && hasBegun && (
            <Stat name={words.t("backfill.rate")}>{count(backfill.perMinute, words)}</Stat>
          )}
        </dl>
        {(failed > 0 || gone > 0) && (
          <p className="dsc-quiet">
            {words.t("backfill.rest", { failed: count(failed, words), gone: count(gone, words) })}
          </p>
        )}
        {state === "ready" && total === 0 && <Notice kind="info">{words.t("backfill.nothing")}</Notice>}
        {backfill.waitingFor && state === "running" && (
          <Notice kind="warning" title={words.t("backfill.waits")}>
            {backfill.waitingFor}
          </Notice>
        )}
        <Failure error={give.error} />
        {isAdmin && !isLeaving && (
          <div className="dsc-row">
            {state === "ready" && (
              <Button isPrimary isDisabled={total === 0} isBusy={isBusy("start")} onClick={() => give.mutate("start")}>
                {words.t("backfill.start", { count: count(total, words) })}
              </Button>
            )}
            {state === "paused" && (
              <Button isPrimary isBusy={isBusy("start")} onClick={() => give.mutate("start")}>
                {words.t("backfill.go_on")}
              </Button>
            )}
            {state === "running" && (
              <Button isBusy={isBusy("pause")} onClick={() => give.mutate("pause")}>
                {words.t("backfill.pause")}
              </Button>
            )}
            <Button isBusy={isBusy("cancel")} onClick={() => (hasBegun ? setLeaving(true) : give.mutate("cancel"))}>
              {words.t(hasBegun ? "backfill.cancel" : "backfill.other_filter")}
            </Button>
          </div>
        )}
        {isLeaving && (
          <Notice
            kind="warning"
            title={words.t("backfill.cancel_sure")}
            action={
              <>
                <Button isBusy={isBusy("cancel")} onClick={() => give.mutate("cancel")}>
                  {words.t("backfill.cancel")}
                </Button>
                <Button onClick={() => setLeaving(false)}>{words.t("backfill.keep")}</Button>
              </>
            }
          >
            {words.t("backfill.cancel_text")}
          </Notice>
        )}
        <span className="dsc-quiet">
          {words.t("backfill.by", { name: backfill.createdBy, when: words.when(backfill.createdAt, Date.now()) })}
          {hasBegun && ` ${words.t("backfill.may_leave")}`}
        </span>
      </div>
    </Box>
  );
}

function Stat({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt className="dsc-quiet">{name}</dt>
      <dd className="dsc-stat">{children}</dd>
    </div>
  );
}
