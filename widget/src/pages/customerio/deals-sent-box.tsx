import type { DealsSent } from "@dealscope/shared/customerio";
import { useWords } from "../../i18n/words.ts";
import { Notice } from "../../ui/notice.tsx";
import { DEALS_SENT } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { Confirm } from "../kit/confirm.tsx";
import { count } from "../kit/figures.ts";
import { Meter } from "../kit/meter.tsx";
import { Refusal } from "./refusal.tsx";

const AGAIN_MS = 1_000;
const isUnderWay = ({ state }: DealsSent) => state === "counting" || state === "running";

/** Deals from before the connection: sent once, without events, so that no campaign starts for last year's moves. */
export function DealsSentBox({ isUnsaved }: { isUnsaved: boolean }) {
  const words = useWords();
  const known = useKnown();
  const query = useAnswer<DealsSent>(DEALS_SENT, { again: (sent) => (sent && isUnderWay(sent) ? AGAIN_MS : false) });
  const give = useAction<DealsSent, "POST" | "DELETE">(
    (ask, method) => ask(DEALS_SENT, { method }),
    (answer) => known.set(DEALS_SENT, answer),
  );
  return (
    <Box title={words.t("cio_sent.title")} lead={words.t("cio_sent.lead")}>
      <Loaded query={query} widths={[60]}>
        {(sent) => (
          <div className="dsc-stack">
            {isUnderWay(sent) ? <UnderWay sent={sent} /> : <Ended sent={sent} />}
            <Refusal error={give.error} />
            {isUnderWay(sent) ? (
              <Confirm
                key="cancel"
                label={words.t("cio_sent.cancel")}
                question={words.t("cio_sent.cancel_sure")}
                refusal={words.t("cio_sent.go_on")}
                isBusy={give.isPending}
                onConfirm={() => give.mutate("DELETE")}
              />
            ) : (
              <>
                {isUnsaved && <Notice kind="info">{words.t("cio_sent.unsaved")}</Notice>}
                <Confirm
                  key="start"
                  label={words.t(sent.state === "none" ? "cio_sent.start" : "cio_sent.again")}
                  question={words.t("cio_sent.start_sure")}
                  isBusy={give.isPending}
                  onConfirm={() => give.mutate("POST")}
                />
              </>
            )}
          </div>
        )}
      </Loaded>
    </Box>
  );
}

function UnderWay({ sent: { state, total, done, failed, waitingFor } }: { sent: DealsSent }) {
  const words = useWords();
  const label = words.t("backfill.progress", { done: count(done, words), all: count(total, words) });
  return (
    <>
      {state === "counting" ? (
        <div className="dsc-progress" role="status">
          {words.t("cio_sent.counting", { count: count(total, words) })}
        </div>
      ) : (
        <>
          <Meter value={done + failed} max={total} label={label} />
          <div className="dsc-quiet">
            {label}
            {failed > 0 && ` · ${words.t("cio_sent.failed", { count: count(failed, words) })}`}
          </div>
        </>
      )}
      {waitingFor && (
        <Notice kind="warning" title={words.t("backfill.waits")}>
          {waitingFor}
        </Notice>
      )}
      <div className="dsc-quiet">{words.t("backfill.may_leave")}</div>
    </>
  );
}

/** How the last time ended. */
function Ended({ sent: { state, total, done, failed, endedAt } }: { sent: DealsSent }) {
  const words = useWords();
  if (state === "none") return null;
  return (
    <div>
      {words.t(state === "done" ? "cio_sent.done" : "cio_sent.cancelled", {
        done: count(done, words),
        all: count(total, words),
        when: endedAt ? words.when(endedAt, Date.now()) : "–",
      })}
      {failed > 0 && <span className="dsc-danger"> {words.t("cio_sent.failed", { count: count(failed, words) })}</span>}
    </div>
  );
}
