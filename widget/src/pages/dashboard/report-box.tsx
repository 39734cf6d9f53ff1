import type { ReportHead } from "@dealscope/shared/reports";
import type { ReactNode } from "react";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { DealsList } from "./deals-list.tsx";
import { reportPath, useFilter } from "./filter.ts";
import { Picture } from "./pictures/picture.tsx";

interface Props<Report> {
  /** As figures name it; see `ReportDealsQuery`. */
  report: "funnel" | "stage_times" | "decision_makers" | "gates" | "forecast" | "first_touch";
  title: string;
  lead: string;
  /** Why there is nothing to show; undefined when there is. */
  emptyBecause: (report: Report) => string | undefined;
  picture: (report: Report) => ReactNode;
  table: (report: Report) => ReactNode;
  /** Names the figure whose deals are listed. */
  nameOf: (report: Report, part: string) => string;
  isWide?: boolean;
}

/** One report: its picture, the table behind it, and the deals behind the figure that was clicked. */
export function ReportBox<Report extends ReportHead>(props: Props<Report>) {
  const { report, title, lead, emptyBecause, picture, table, nameOf, isWide } = props;
  const { figure } = useFilter();
  const query = useReport<Report>(report);
  return (
    <div
      className={isWide ? "dsc-report dsc-report--drawn dsc-report--wide" : "dsc-report dsc-report--drawn"}
      aria-busy={query.isPlaceholderData}
    >
      <Box title={title} lead={lead}>
        <Loaded query={query} widths={[92, 74, 58, 37]}>
          {(answer) => {
            const because = emptyBecause(answer);
            if (because !== undefined) return <Empty>{because}</Empty>;
            return (
              <>
                <Picture table={table(answer)}>{picture(answer)}</Picture>
                {figure?.report === report && (
                  <DealsList
                    key={figure.part}
                    figure={figure}
                    title={nameOf(answer, figure.part)}
                    currency={answer.currency}
                  />
                )}
              </>
            );
          }}
        </Loaded>
      </Box>
    </div>
  );
}

/** A report as it is narrowed now. Whoever asks for the same again is answered from what is known. */
export function useReport<Report extends ReportHead>(report: string) {
  const { filter } = useFilter();
  return useAnswer<Report>(reportPath(report.replaceAll("_", "-"), filter), { keepsLast: true });
}
