import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { BuyingStage } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import type { NamedStage, StandingReason } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { LISTS, SETTINGS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";

/** What a report tells of that keeps a deal. */
type Reason = Pick<StandingReason, "kind" | "contactName" | "role" | "text">;

/** The names of what reports tell by key or id. Until they are known, and of what is gone, the key or id stands for it. */
export function useNames() {
  const words = useWords();
  const lists = useAnswer<Lists>(LISTS).data;
  const roles = useAnswer<AccountSettings>(SETTINGS).data?.settings.committee.roles;
  const role = (key: string) => roles?.find((one) => one.key === key)?.name ?? key;
  const field = (id: string) => lists?.leadFields.find((one) => String(one.id) === id)?.name ?? id;
  const stageOf = (id: string) =>
    lists?.pipelines.flatMap(({ stages }) => stages).find((one) => String(one.id) === id)?.name ?? id;

  const because = ({ kind, contactName, role: key, text }: Reason): string => {
    const roleName = key === null ? "" : role(key);
    const who = contactName === "" ? roleName : roleName === "" ? contactName : `${contactName} (${roleName})`;
    switch (kind) {
      case "role":
        return words.t("missing.role", { role: roleName });
      case "field":
        return words.t("missing.field", { field: field(text) });
      case "skipped":
        return words.t("missing.skipped", { stage: stageOf(text) });
      case "objection":
        return words.t("because.objection", { who, text });
      case "approval":
        return words.t("missing.approval_pending", { who });
      case "moved_back":
        return words.t("missing.moved_back");
      default:
        return words.t(`because.${kind}`, { who });
    }
  };

  return {
    because,
    buyingStage: (key: BuyingStage | "other") => words.t(`buying_stage.${key}`),
    /** The pipeline is named where there are several. */
    stage: ({ pipelineId, name }: NamedStage) => {
      const pipeline = lists && lists.pipelines.length > 1 && lists.pipelines.find(({ id }) => id === pipelineId);
      return pipeline ? `${name} (${pipeline.name})` : name;
    },
    /** A reason of a gate as its report tells it. */
    reason: (kind: string, what: string): string => {
      const known = KINDS.find((one) => one === kind);
      if (!known) return `${kind} ${what}`.trim();
      const isOfRole = known === "role" || known === "approval";
      return because({ kind: known, contactName: "", role: isOfRole ? what : null, text: what });
    },
  };
}

export type Names = ReturnType<typeof useNames>;

const KINDS = ["role", "approval", "coverage", "field", "skipped", "moved_back"] as const;
