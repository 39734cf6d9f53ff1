import type { DryRun, DryRuns } from "@dealscope/shared/try-out";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SETUP } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Empty, Failure, Loaded } from "../kit/box.tsx";
import { money } from "../kit/figures.ts";
import { LeadLink } from "../kit/lead-link.tsx";
import { Meter } from "../kit/meter.tsx";
import { Outcome } from "../kit/outcome.tsx";
import { useIsAdmin } from "../kit/viewer.ts";

const DRY_RUNS = "/api/dry-runs";

/** The newest leads judged for a look: nothing of it reaches Kommo. */
export function SampleRunStep({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const query = useAnswer<DryRuns>(DRY_RUNS, {
    isWanted: isAdmin,
    again: (answer) => (answer?.dryRuns[0]?.state === "running" ? 1_000 : false),
  });
  const start = useAction<DryRun>(
    (ask) => ask(DRY_RUNS, { method: "POST", body: {} }),
    () => {
      void known.refresh(DRY_RUNS);
    },
  );
  const last = query.data?.dryRuns[0];
  const isRunning = start.isPending || last?.state === "running";
  return (
    <div className="dsc-stack">
      <p>{words.t("path.dry_run_text")}</p>
      <Failure error={start.error} />
      <div className="dsc-row">
        <Button isPrimary={!last} isBusy={isRunning} onClick={() => start.mutate()}>
          {words.t(last ? "path.dry_run_again" : "path.dry_run_start")}
        </Button>
      </div>
      {isAdmin && <Loaded query={query}>{() => (last ? <Result run={last} onDone={onDone} /> : null)}</Loaded>}
    </div>
  );
}

function Result({ run, onDone }: { run: DryRun; onDone: () => void }) {
  const words = useWords();
  const known = useKnown();
  const judged = run.leads.filter(({ state }) => state !== "waiting").length;
  const goOn = (
    <Button isPrimary onClick={() => void known.refresh(SETUP).then(onDone)}>
      {words.t("path.go_on")}
    </Button>
  );
  if (run.state === "done" && run.leads.length === 0) {
    return (
      <>
        <Empty>{words.t("path.dry_run_empty")}</Empty>
        <div className="dsc-row">{goOn}</div>
      </>
    );
  }
  return (
    <>
      {run.state === "running" && (
        <Meter
          value={judged}
          max={run.leads.length}
          label={words.t("path.dry_run_progress", { done: judged, all: run.leads.length })}
        />
      )}
      {run.waitingFor && <Notice kind="warning">{run.waitingFor}</Notice>}
      <div className="dsc-scroll">
        <table className="dsc-table">
          <thead>
            <tr>
              <th scope="col">{words.t("page.lead")}</th>
              <th scope="col">{words.t("page.verdict")}</th>
              <th scope="col">{words.t("page.summary")}</th>
            </tr>
          </thead>
          <tbody>
            {run.leads.map((lead) => (
              <tr key={lead.leadId}>
                <td>
                  <LeadLink id={lead.leadId} name={lead.name} />
                </td>
                <td>
                  {lead.state === "waiting" && <span className="dsc-quiet">{words.t("path.waiting")}</span>}
                  {lead.state === "gone" && <span className="dsc-quiet">{words.t("path.lead_gone")}</span>}
                  {(lead.state === "judged" || lead.state === "failed") && (
                    <Outcome verdict={lead.verdict} rule={lead.rule} reason={lead.reason} />
                  )}
                </td>
                <td>{lead.verdict?.summary}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="dsc-row">
        <span className="dsc-quiet" role="status">
          {run.state === "done" && words.t("path.dry_run_cost", { cost: money(run.costMicros, words) })}
        </span>
        {run.state === "done" && goOn}
      </div>
    </>
  );
}
