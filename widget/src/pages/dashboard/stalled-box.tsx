import type { StalledQuery, StalledReport } from "@dealscope/shared/reports";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { LeadLink } from "../kit/lead-link.tsx";
import { reportPath, useFilter } from "./filter.ts";
import { useNames } from "./names.ts";
import { days, sum, value } from "./numbers.ts";
import { useReport } from "./report-box.tsx";

const WHICH = ["stalled", "single_thread", "no_decision_maker"] as const;
type Which = StalledQuery["which"];

const SUMS = { stalled: "stalled", single_thread: "singleThread", no_decision_maker: "noDecisionMaker" } as const;

/** Deals that do not move or hang by a thread: who, what, how long. */
export function StalledBox() {
  const words = useWords();
  const { filter, figure, open } = useFilter();
  const query = useReport<StalledReport>("stalled");
  const asked = figure?.report === "stalled" ? figure.part : undefined;
  const nameOf = useMarkName();
  const which = WHICH.find((one) => one === asked) ?? "stalled";
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked) place.current?.scrollIntoView({ block: "nearest" });
  }, [asked]);
  return (
    <div className="dsc-report dsc-report--drawn dsc-report--wide" ref={place} aria-busy={query.isPlaceholderData}>
      <Box title={words.t("report.standing")} lead={words.t("report.standing_lead")}>
        <Loaded query={query} widths={[40, 92, 86, 71]}>
          {(report) => (
            <div className="dsc-stack dsc-stack--wide">
              <Choice
                label={words.t("report.which")}
                value={which}
                options={WHICH.map((one) => ({
                  value: one,
                  label: `${nameOf(one)}: ${sum(report[SUMS[one]], report.currency, words)}`,
                }))}
                onChange={(part) => open({ report: "stalled", part })}
              />
              {report[SUMS[which]].deals === 0 ? (
                <Empty>{words.t("report.stalled_none")}</Empty>
              ) : (
                <StandingDeals key={`${which} ${JSON.stringify(filter)}`} which={which} report={report} />
              )}
            </div>
          )}
        </Loaded>
      </Box>
    </div>
  );
}

function useMarkName(): (mark: Which) => string {
  const words = useWords();
  return (mark) => words.t(mark === "stalled" ? "report.stalled" : `mark.${mark}`);
}

function StandingDeals({ which, report }: { which: Which; report: StalledReport }) {
  const words = useWords();
  const nameOf = useMarkName();
  const [pages, setPages] = useState(1);
  return (
    <div className="dsc-scroll">
      <table className="dsc-table">
        <caption className="dsc-said">{nameOf(which)}</caption>
        <thead>
          <tr>
            <th scope="col">{words.t("dashboard.column_deal")}</th>
            <th scope="col">{words.t("dashboard.column_why")}</th>
            <th scope="col" className="dsc-number">
              {words.t("dashboard.column_value")}
            </th>
            <th scope="col" className="dsc-standing__days">
              {words.t("dashboard.column_in_stage")}
            </th>
          </tr>
        </thead>
        {Array.from({ length: pages }, (_, at) => at + 1).map((page) => (
          <StandingPage
            key={page}
            which={which}
            page={page}
            longest={report.deals[0]?.daysInStage ?? 0}
            onMore={page === pages ? () => setPages(pages + 1) : undefined}
          />
        ))}
      </table>
    </div>
  );
}

interface PageProps {
  which: Which;
  page: number;
  /** Days of the deal that has stood longest. */
  longest: number;
  onMore: (() => void) | undefined;
}

function StandingPage({ which, page, longest, onMore }: PageProps) {
  const words = useWords();
  const names = useNames();
  const nameOf = useMarkName();
  const { filter } = useFilter();
  // The first page of those that stand still has been read for the figures.
  const more: Record<string, string> = which === "stalled" && page === 1 ? {} : { which, page: String(page) };
  const query = useAnswer<StalledReport>(reportPath("stalled", filter, more));
  const { deals = [], currency = "", hasMore = false } = query.data ?? {};
  const most = Math.max(longest, ...deals.map(({ daysInStage }) => daysInStage), 1);
  return (
    <tbody>
      {deals.map(({ id, name, stage, repName, value: amount, daysInStage, because, marks }) => (
        <tr key={id}>
          <td>
            <LeadLink id={id} name={name} />
            <div className="dsc-quiet">{[names.stage(stage), repName].filter(Boolean).join(" · ")}</div>
          </td>
          <td>
            {because.slice(0, MOST_REASONS).map((reason) => (
              <div key={`${reason.kind} ${reason.contactId} ${reason.text}`}>
                {words.t("because.for", { why: names.because(reason), days: days(reason.days, words) })}
              </div>
            ))}
            {because.length > MOST_REASONS && (
              <div className="dsc-quiet">{words.t("because.more", { count: because.length - MOST_REASONS })}</div>
            )}
            <div className="dsc-quiet">
              {marks
                .filter((mark) => mark !== "stalled")
                .map(nameOf)
                .join(" · ")}
            </div>
          </td>
          <td className="dsc-number">{value(amount, currency, words)}</td>
          <td className="dsc-standing__days">
            <svg
              className="dsc-standing__bar dsc-shade-warm"
              viewBox="0 0 100 6"
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <rect className="dsc-figure__value" width={(daysInStage / most) * 100} height="6" />
            </svg>
            {days(daysInStage, words)}
          </td>
        </tr>
      ))}
      {(query.data === undefined || query.error) && (
        <tr>
          <td colSpan={4}>
            <Loaded query={query}>{() => null}</Loaded>
          </td>
        </tr>
      )}
      {onMore && hasMore && (
        <tr>
          <td colSpan={4}>
            <Button onClick={onMore}>{words.t("dashboard.more_deals")}</Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

const MOST_REASONS = 3;
