import type { IntakeRequests } from "@dealscope/shared/intake";
import { useWords } from "../../i18n/words.ts";
import { INTAKE } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { LeadLink } from "../kit/lead-link.tsx";
import { fieldOf } from "../kit/problems.ts";

type Request = IntakeRequests["requests"][number];

const SIGNS = { received: "…", done: "✓", failed: "✕", spam: "⊘" } as const;
const LOOKS = { received: "unknown", done: "good", failed: "bad", spam: "unknown" } as const;
/** Whoever has put a form into his page sends it once and looks here. */
const AGAIN_MS = 5_000;

/** What has come in by forms lately, and what became of it. */
export function RequestsBox() {
  const words = useWords();
  const query = useAnswer<IntakeRequests>(`${INTAKE}/requests`, { again: () => AGAIN_MS });
  return (
    <Box title={words.t("intake.requests")} lead={words.t("intake.requests_lead")}>
      <Loaded query={query} widths={[62, 88, 54]}>
        {({ requests }) =>
          requests.length === 0 ? (
            <Empty>{words.t("intake.no_requests")}</Empty>
          ) : (
            <ul className="dsc-list">
              {requests.map((request) => (
                <RequestItem key={request.id} request={request} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Box>
  );
}

function RequestItem({ request }: { request: Request }) {
  const words = useWords();
  const { status, receivedAt, keyName, leadId, contactIds, isExtended, issues, waitingFor } = request;
  const people = contactIds.filter((id) => id !== null).length;
  const mayBeSame = request.mergeProposals.length;
  return (
    <li className="dsc-list__item dsc-happening">
      <span className={`dsc-sign dsc-sign--${LOOKS[status]}`} aria-hidden="true">
        {SIGNS[status]}
      </span>
      <div className="dsc-checklist__what">
        <div className="dsc-row">
          <span className="dsc-strong">{words.t(isExtended ? "intake_state.extended" : `intake_state.${status}`)}</span>
          {leadId !== null && <LeadLink id={leadId} name="" />}
        </div>
        <div className="dsc-quiet">
          {[
            keyName,
            ...(people > 0 ? [words.t("intake.people", { count: people })] : []),
            ...(mayBeSame > 0 ? [words.t("intake.may_be_same", { count: mayBeSame })] : []),
          ].join(" · ")}
        </div>
        {waitingFor && <div>{words.t("intake.waits", { why: waitingFor })}</div>}
        {issues.map((issue) => (
          <div key={`${issue.path} ${issue.message}`} className="dsc-danger">
            {words.t("intake.issue", { field: fieldOf(issue, words), problem: issue.message })}
          </div>
        ))}
      </div>
      <time className="dsc-quiet dsc-nowrap" dateTime={receivedAt}>
        {words.when(receivedAt, Date.now())}
      </time>
    </li>
  );
}
