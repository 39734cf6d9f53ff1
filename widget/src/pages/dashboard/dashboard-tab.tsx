import type { FunnelReport } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { BiBox } from "./bi-box.tsx";
import { DecisionMakersBox } from "./decision-makers-box.tsx";
import { ExportBox } from "./export-box.tsx";
import { useFilter } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { FirstTouchBox } from "./first-touch-box.tsx";
import { ForecastBox } from "./forecast-box.tsx";
import { FunnelBox } from "./funnel-box.tsx";
import { GatesBox } from "./gates-box.tsx";
import { Headline } from "./headline.tsx";
import { useReport } from "./report-box.tsx";
import { StageTimesBox } from "./stage-times-box.tsx";
import { StalledBox } from "./stalled-box.tsx";

/** How the purchases go: first what needs somebody today, then each report as a picture. */
export function DashboardTab() {
  const funnel = useReport<FunnelReport>("funnel").data;
  const isAdmin = useIsAdmin();
  const { filter } = useFilter();
  // The funnel's period is that of creation, and other reports may tell of older deals.
  const hasPeriod = filter.from !== undefined || filter.to !== undefined;
  const isEmpty =
    funnel !== undefined && !hasPeriod && [...funnel.stages, funnel.won, funnel.lost].every(({ deals }) => deals === 0);
  return (
    <>
      <FilterBar head={funnel} />
      {funnel && !funnel.pastIsRead && <PastOnItsWay />}
      {isEmpty ? (
        <NoDeals />
      ) : (
        <>
          <Headline />
          <div className="dsc-reports">
            <StalledBox />
            <GatesBox />
            <FunnelBox />
            <StageTimesBox />
            <FirstTouchBox />
            <DecisionMakersBox />
            <ForecastBox />
            <ExportBox />
            {isAdmin && <BiBox />}
          </div>
        </>
      )}
    </>
  );
}

/** A new account is read back to its beginning, which takes a while. */
function PastOnItsWay() {
  const words = useWords();
  return (
    <Notice kind="info" title={words.t("dashboard.past_title")}>
      {words.t("dashboard.past_text")}
    </Notice>
  );
}

/** A new account, or a filter that nothing passes. */
function NoDeals() {
  const words = useWords();
  const { filter, narrow } = useFilter();
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <Notice
      kind="info"
      title={words.t(isNarrowed ? "dashboard.none_title" : "dashboard.empty_title")}
      action={
        isNarrowed && (
          <Button onClick={() => narrow({ pipelineId: "", repId: "", from: "", to: "" })}>
            {words.t("dashboard.show_all")}
          </Button>
        )
      }
    >
      {words.t(isNarrowed ? "dashboard.none_text" : "dashboard.empty_text")}
    </Notice>
  );
}
