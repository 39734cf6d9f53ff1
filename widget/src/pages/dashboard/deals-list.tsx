import type { ReportDeals } from "@dealscope/shared/reports";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { useAnswer } from "../kit/asking.ts";
import { Empty, Loaded } from "../kit/box.tsx";
import { LeadLink } from "../kit/lead-link.tsx";
import { type Figure, reportPath, useFilter } from "./filter.ts";
import { useNames } from "./names.ts";
import { days, value } from "./numbers.ts";

interface Props {
  figure: Figure;
  title: string;
  currency: string;
}

/** The deals behind a figure, highest value first, each with the way to its card in Kommo. */
export function DealsList({ figure, title, currency }: Props) {
  const words = useWords();
  const { filter, close } = useFilter();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
    return () => {
      // Back to what was clicked, unless the person is elsewhere already.
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);
  return (
    <section className="dsc-deals" aria-label={title}>
      <div className="dsc-row dsc-row--apart">
        <h4 className="dsc-subtitle" ref={heading} tabIndex={-1}>
          {title}
        </h4>
        <Button onClick={close}>{words.t("action.close")}</Button>
      </div>
      <DealsTable key={JSON.stringify(filter)} figure={figure} currency={currency} />
    </section>
  );
}

function DealsTable({ figure, currency }: Pick<Props, "figure" | "currency">) {
  const words = useWords();
  const [pages, setPages] = useState(1);
  return (
    <div className="dsc-scroll">
      <table className="dsc-table">
        <thead>
          <tr>
            <th scope="col">{words.t("dashboard.column_deal")}</th>
            <th scope="col" className="dsc-number">
              {words.t("dashboard.column_value")}
            </th>
            <th scope="col" className="dsc-number">
              {words.t("dashboard.column_in_stage")}
            </th>
          </tr>
        </thead>
        {Array.from({ length: pages }, (_, at) => at + 1).map((page) => (
          <DealsPage
            key={page}
            figure={figure}
            page={page}
            currency={currency}
            onMore={page === pages ? () => setPages(pages + 1) : undefined}
          />
        ))}
      </table>
    </div>
  );
}

interface PageProps {
  figure: Figure;
  page: number;
  currency: string;
  /** Of the last page shown. */
  onMore: (() => void) | undefined;
}

function DealsPage({ figure: { report, part }, page, currency, onMore }: PageProps) {
  const words = useWords();
  const names = useNames();
  const { filter } = useFilter();
  const query = useAnswer<ReportDeals>(reportPath("deals", filter, { report, part, page: String(page) }));
  const deals = query.data?.deals ?? [];
  return (
    <tbody>
      {deals.map(({ id, name, stage, value: amount, repName, daysInStage }) => (
        <tr key={id}>
          <td>
            <LeadLink id={id} name={name} />
            <div className="dsc-quiet">{[names.stage(stage), repName].filter(Boolean).join(" · ")}</div>
          </td>
          <td className="dsc-number">{value(amount, currency, words)}</td>
          <td className="dsc-number">{days(daysInStage, words)}</td>
        </tr>
      ))}
      {(deals.length === 0 || query.error) && (
        <tr>
          <td colSpan={3}>
            <Loaded query={query}>
              {() => (deals.length === 0 ? <Empty>{words.t("dashboard.no_deals")}</Empty> : null)}
            </Loaded>
          </td>
        </tr>
      )}
      {onMore && query.data?.hasMore && (
        <tr>
          <td colSpan={3}>
            <Button onClick={onMore}>{words.t("dashboard.more_deals")}</Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}
