import type { Word, Words } from "../i18n/words.ts";
import { asProblem } from "./problem.ts";

const FIELDS = ["segment", "score", "reason", "expiresAt"] as const;

/** The one place where a failure becomes words. Says what to do. */
export function explain(error: unknown, words: Words): string {
  const { code, detail } = asProblem(error);
  const field = FIELDS.find((name) => detail.issues?.some(({ path }) => path.split(".")[0] === name));
  if (code === "invalid_input" && field) {
    return words.t("error.invalid_field", { field: words.t(`field.${field}`) });
  }
  const said = words.t(`error.${code}` satisfies Word, { seconds: Math.ceil(detail.retryAfterSeconds ?? 10) });
  if (code !== "internal" || !detail.requestId) return said;
  return `${said} ${words.t("error.reference", { id: detail.requestId })}`;
}
