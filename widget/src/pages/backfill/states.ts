import type { Backfill, BackfillFilter } from "@dealscope/shared/backfill";
import type { Lists } from "@dealscope/shared/lists";
import type { Words } from "../../i18n/words.ts";

/** There is at most one of them. */
export function isOpen({ state }: Backfill): boolean {
  return state !== "done" && state !== "cancelled";
}

/** Which leads are meant, in a sentence. */
export function filterText(filter: BackfillFilter, lists: Lists | undefined, words: Words): string {
  const stages = filter.stages.map(({ pipelineId, statusId }) => {
    const pipeline = lists?.pipelines.find(({ id }) => id === pipelineId);
    const stage = pipeline?.stages.find(({ id }) => id === statusId);
    return stage ? `${pipeline?.name} › ${stage.name}` : String(statusId);
  });
  return [
    stages.length === 0 ? words.t("backfill.all_stages") : stages.join(", "),
    filter.createdFrom && words.t("backfill.since", { day: words.when(filter.createdFrom, Date.now()) }),
    filter.createdTo && words.t("backfill.until", { day: words.when(filter.createdTo, Date.now()) }),
    filter.onlyUnjudged && words.t("backfill.only_unjudged_short"),
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .join("; ");
}
