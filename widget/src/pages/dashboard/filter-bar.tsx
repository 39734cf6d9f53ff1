import type { Lists } from "@dealscope/shared/lists";
import type { ReportHead } from "@dealscope/shared/reports";
import { useEffect, useEffectEvent, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Select } from "../../ui/select.tsx";
import { LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { DayField } from "../kit/controls.tsx";
import { useSettled } from "../kit/lead-picker.tsx";
import { useFilter } from "./filter.ts";
import { timeIn } from "./numbers.ts";
import { type Days, daysOf, PERIODS, type Period, periodOf, todayIn } from "./periods.ts";

/** What all reports are narrowed to. @param head of a report that is there: whose time zone counts, and as of when */
export function FilterBar({ head }: { head: ReportHead | undefined }) {
  const words = useWords();
  const lists = useAnswer<Lists>(LISTS).data;
  const { filter, narrow } = useFilter();
  const { pipelineId, repId, from = "", to = "" } = filter;
  const today = todayIn(head?.timezone);
  const [isOwn, setOwn] = useState(false);
  const period = isOwn ? "own" : periodOf({ from, to }, today);
  const choosePeriod = (next: Period) => {
    setOwn(next === "own");
    if (next !== "own") narrow({ ...daysOf(next, today) });
  };
  const options = (all: string, some: readonly { id: number; name: string }[] | undefined, chosen?: number) => [
    { value: "", label: all },
    ...(some ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
    // Gone from Kommo, or not read yet: what the address says stays chosen.
    ...(chosen === undefined || some?.some(({ id }) => id === chosen)
      ? []
      : [{ value: String(chosen), label: String(chosen) }]),
  ];
  return (
    <section className="dsc-filter" aria-label={words.t("dashboard.filter")}>
      <Select
        label={words.t("dashboard.pipeline")}
        value={String(pipelineId ?? "")}
        options={options(words.t("dashboard.all_pipelines"), lists?.pipelines, pipelineId)}
        onChange={(value) => narrow({ pipelineId: value })}
      />
      <Select
        label={words.t("dashboard.rep")}
        value={String(repId ?? "")}
        options={options(words.t("dashboard.all_reps"), lists?.users, repId)}
        onChange={(value) => narrow({ repId: value })}
      />
      <Select
        label={words.t("dashboard.period")}
        value={period}
        options={[...PERIODS, "own" as const].map((value) => ({ value, label: words.t(`period.${value}`) }))}
        onChange={choosePeriod}
      />
      {period === "own" && <OwnDays from={from} to={to} onChange={narrow} />}
      {head && (
        <div className="dsc-quiet dsc-filter__as-of">
          {words.t("dashboard.as_of", { time: timeIn(head.now, head.timezone, words), zone: head.timezone })}
        </div>
      )}
    </section>
  );
}

/** A year is typed digit by digit, and nobody wants the reports of the year 2. */
const PAUSE_MS = 700;

function OwnDays({ from, to, onChange }: Days & { onChange: (days: Days) => void }) {
  const words = useWords();
  const [typed, setTyped] = useState<Days>();
  const settled = useSettled(typed, PAUSE_MS);
  const days = typed ?? { from, to };
  const isBackwards = days.from !== "" && days.to !== "" && days.from > days.to;
  const take = useEffectEvent((next: Days) => {
    if (isBackwards) return;
    onChange(next);
    setTyped(undefined);
  });
  useEffect(() => {
    if (settled) take(settled);
  }, [settled]);
  return (
    <>
      <DayField
        label={words.t("period.from")}
        value={days.from}
        onChange={(value) => setTyped({ ...days, from: value })}
      />
      <DayField label={words.t("period.to")} value={days.to} onChange={(value) => setTyped({ ...days, to: value })} />
      {isBackwards && (
        <div className="dsc-field__error" role="alert">
          {words.t("period.backwards")}
        </div>
      )}
    </>
  );
}
