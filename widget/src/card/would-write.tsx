import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";

/** In a dry run: what the verdict would have changed in Kommo. */
export function WouldWrite({ fields, tag, stage, owner, task }: NonNullable<Card["wouldWrite"]>) {
  const words = useWords();
  const rows = [
    [words.t("write.score"), fields.score],
    [words.t("write.segment"), fields.segment?.name ?? null],
    [words.t("write.summary"), fields.summary],
    [words.t("write.next_action"), fields.nextAction],
    [words.t("write.tag"), tag],
    [words.t("write.stage"), stage && (stage.statusName ?? stage.statusId)],
    [words.t("write.responsible"), owner && (owner.name ?? owner.userId)],
    [words.t("write.task"), task?.text ?? null],
  ].filter(([, value]) => value !== null && value !== "");
  return (
    <details className="dsc-details">
      <summary>{words.t("act.would_write")}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt className="dsc-quiet">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
