import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";

/** In a dry run: what the verdict would have changed in Kommo. */
export function WouldWrite({ fields, tag, stage, responsible, task }: NonNullable<Card["wouldWrite"]>) {
  const words = useWords();
  const rows = [
    ...fields.map(({ name, value }) => [name, value]),
    [words.t("write.tag"), tag],
    [words.t("write.stage"), stage],
    [words.t("write.responsible"), responsible],
    [words.t("write.task"), task],
  ].filter(([, value]) => value !== null);
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
