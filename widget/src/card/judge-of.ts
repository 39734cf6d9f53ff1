import type { CardVerdict } from "@dealscope/shared/card";
import type { Words } from "../i18n/words.ts";

/** Who judged: the model with the version of the criteria, or a hard rule. */
export function judgeOf({ judge }: Pick<CardVerdict, "judge">, words: Words): string {
  if (judge.rule) return words.t("verdict.rule", { rule: words.t(`rule.${judge.rule}`) });
  const version = judge.promptVersion;
  return judge.model
    ? words.t("verdict.model", { model: judge.model, version })
    : words.t("verdict.no_model", { version });
}
