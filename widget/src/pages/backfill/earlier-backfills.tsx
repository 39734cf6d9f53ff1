import type { Backfill } from "@dealscope/shared/backfill";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Box } from "../kit/box.tsx";
import { count, money } from "../kit/figures.ts";
import { filterText } from "./states.ts";

export function EarlierBackfills({ backfills, lists }: { backfills: readonly Backfill[]; lists: Lists | undefined }) {
  const words = useWords();
  return (
    <Box title={words.t("backfill.earlier")}>
      <div className="dsc-scroll">
        <table className="dsc-table">
          <thead>
            <tr>
              <th scope="col">{words.t("page.when")}</th>
              <th scope="col">{words.t("backfill.which")}</th>
              <th scope="col">{words.t("page.state")}</th>
              <th scope="col" className="dsc-number">
                {words.t("backfill.judged")}
              </th>
              <th scope="col" className="dsc-number">
                {words.t("page.cost")}
              </th>
            </tr>
          </thead>
          <tbody>
            {backfills.map((backfill) => (
              <tr key={backfill.id}>
                <td className="dsc-nowrap">
                  {words.when(backfill.createdAt, Date.now())}
                  <div className="dsc-quiet">{backfill.createdBy}</div>
                </td>
                <td>{filterText(backfill.filter, lists, words)}</td>
                <td>{words.t(`backfill_state.${backfill.state}`)}</td>
                <td className="dsc-number">
                  {words.t("backfill.progress", {
                    done: count(backfill.judged, words),
                    all: count(backfill.total, words),
                  })}
                </td>
                <td className="dsc-number">{money(backfill.costMicros, words)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Box>
  );
}
