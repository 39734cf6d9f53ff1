import type { Role, StageRule } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import type { Words } from "../../i18n/words.ts";

/** What a deal needs to enter a stage, as a person would say it. */
export function ruleSentence(rule: StageRule, roles: readonly Role[], lists: Lists, words: Words): string {
  const list = new Intl.ListFormat(words.language, { type: "conjunction" });
  const nameOf = (key: string) => roles.find((role) => role.key === key)?.name ?? key;
  const fieldName = (id: number) => lists.leadFields.find((field) => field.id === id)?.name ?? `#${id}`;
  const { requiredRoles, requiredApprovals, requiredFieldIds, minCoverage } = rule;
  const onlyRoles = requiredRoles.filter((key) => !requiredApprovals.includes(key));
  const parts = [
    onlyRoles.length > 0 && words.t("rule_of.roles", { roles: list.format(onlyRoles.map(nameOf)) }),
    requiredApprovals.length > 0 && words.t("rule_of.approvals", { roles: list.format(requiredApprovals.map(nameOf)) }),
    minCoverage !== null && words.t("rule_of.coverage", { percent: minCoverage }),
    requiredFieldIds.length > 0 && words.t("rule_of.fields", { fields: list.format(requiredFieldIds.map(fieldName)) }),
  ].filter((part) => part !== false);
  return parts.length === 0 ? words.t("rule_of.nothing") : words.t("rule_of.needs", { what: parts.join("; ") });
}
