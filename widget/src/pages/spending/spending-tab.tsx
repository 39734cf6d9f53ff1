import type { Costs } from "@dealscope/shared/costs";
import { useWords } from "../../i18n/words.ts";
import { COSTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { count, money, monthOf } from "../kit/figures.ts";
import { Meter } from "../kit/meter.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { CapForm } from "./cap-form.tsx";
import { lastDays } from "./last-days.ts";

/** What the model has cost, and how much it may. */
export function SpendingTab() {
  const words = useWords();
  const query = useAnswer<Costs>(COSTS);
  return (
    <Loaded query={query} widths={[30, 90, 80]}>
      {(costs) => (
        <>
          <Box title={words.t("spending.this_month")}>
            <Month costs={costs} />
          </Box>
          <Box title={words.t("spending.by_day")} lead={words.t("spending.by_day_lead")}>
            {costs.days.length === 0 ? <Empty>{words.t("spending.none")}</Empty> : <Days costs={costs} />}
          </Box>
          {costs.months.length > 0 && (
            <Box title={words.t("spending.by_month")}>
              <Months costs={costs} />
            </Box>
          )}
        </>
      )}
    </Loaded>
  );
}

function Month({ costs: { month, capMicros } }: { costs: Costs }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const spent = money(month.costMicros, words);
  return (
    <div className="dsc-stack">
      <div>
        <span className="dsc-stat">{spent}</span>{" "}
        <span className="dsc-quiet">
          {capMicros === null
            ? words.t("spending.no_cap", { calls: count(month.calls, words) })
            : words.t("spending.of_cap", { cap: money(capMicros, words), calls: count(month.calls, words) })}
        </span>
      </div>
      {capMicros !== null && (
        <Meter
          value={month.costMicros}
          max={capMicros}
          label={words.t("spending.of_cap", { cap: money(capMicros, words), calls: count(month.calls, words) })}
        />
      )}
      <fieldset className="dsc-form-area" disabled={!isAdmin}>
        <CapForm />
      </fieldset>
    </div>
  );
}

function Days({ costs }: { costs: Costs }) {
  const words = useWords();
  const days = lastDays(costs.days, 30);
  const most = Math.max(...days.map(({ costMicros }) => costMicros), 1);
  const heading = ["calls", "tokens_in", "tokens_cached", "tokens_out", "cost"] as const;
  return (
    <>
      <div className="dsc-chart" role="img" aria-label={words.t("spending.picture", { most: money(most, words) })}>
        {days.map(({ day, costMicros }) => (
          <div
            key={day}
            className="dsc-chart__day"
            style={{ height: costMicros === 0 ? 0 : `max(2px, ${(costMicros / most) * 100}%)` }}
            title={`${words.calendarDay(day)}: ${money(costMicros, words)}`}
          />
        ))}
      </div>
      <div className="dsc-chart__axis dsc-quiet" aria-hidden="true">
        <span>{words.calendarDay(days[0]!.day)}</span>
        <span>{words.t("spending.most", { most: money(most, words) })}</span>
        <span>{words.calendarDay(days.at(-1)!.day)}</span>
      </div>
      <div className="dsc-scroll">
        <table className="dsc-table">
          <thead>
            <tr>
              <th scope="col">{words.t("spending.day")}</th>
              {heading.map((name) => (
                <th key={name} scope="col" className="dsc-number">
                  {words.t(`spent.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {costs.days.map((day) => (
              <tr key={day.day}>
                <td>{words.calendarDay(day.day)}</td>
                <td className="dsc-number">{count(day.calls, words)}</td>
                <td className="dsc-number">{count(day.promptTokens, words)}</td>
                <td className="dsc-number">{count(day.cachedTokens, words)}</td>
                <td className="dsc-number">{count(day.completionTokens, words)}</td>
                <td className="dsc-number">{money(day.costMicros, words)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Months({ costs }: { costs: Costs }) {
  const words = useWords();
  return (
    <table className="dsc-table">
      <thead>
        <tr>
          <th scope="col">{words.t("spending.month")}</th>
          <th scope="col" className="dsc-number">
            {words.t("spent.calls")}
          </th>
          <th scope="col" className="dsc-number">
            {words.t("spent.cost")}
          </th>
        </tr>
      </thead>
      <tbody>
        {costs.months.map(({ month, calls, costMicros }) => (
          <tr key={month}>
            <td>{monthOf(month, words)}</td>
            <td className="dsc-number">{count(calls, words)}</td>
            <td className="dsc-number">{money(costMicros, words)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
