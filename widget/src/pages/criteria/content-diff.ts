import type { PromptVersionContent } from "@dealscope/shared/qualification";
import type { Words } from "../../i18n/words.ts";
import { languageName } from "./languages.ts";

/** One thing that is different. Empty `before`: it is new; empty `after`: it is gone. */
export interface Change {
  what: string;
  before: string;
  after: string;
}

/** How one version differs from another, part by part, in words. */
export function contentDiff(before: PromptVersionContent, after: PromptVersionContent, words: Words): Change[] {
  return [
    { what: words.t("criteria.icp"), before: before.icp, after: after.icp },
    ...byKey(before.criteria, after.criteria).flatMap(([old, now]) => {
      const name = now?.name ?? old?.name ?? "";
      if (!old || !now) {
        const told = (criterion: typeof old) =>
          criterion ? `${criterion.name} (${criterion.weight}): ${criterion.description}` : "";
        return [{ what: `${words.t("criteria.criterion")} ${name}`, before: told(old), after: told(now) }];
      }
      const part = (what: string, a: string, b: string) => ({ what: `${name} › ${what}`, before: a, after: b });
      return [
        part(words.t("criteria.name"), old.name, now.name),
        part(words.t("criteria.weight"), String(old.weight), String(now.weight)),
        part(words.t("criteria.description"), old.description, now.description),
        ...now.anchors.map((anchor, level) =>
          part(words.t("criteria.level", { level }), old.anchors[level] ?? "", anchor),
        ),
      ];
    }),
    ...byKey(before.segments, after.segments).map(([old, now]) => {
      const told = (segment: typeof old) =>
        !segment
          ? ""
          : segment.minScore === null
            ? segment.name
            : words.t("versions.segment_from", { name: segment.name, score: segment.minScore });
      return {
        what: `${words.t("field.segment")} ${now?.name ?? old?.name ?? ""}`,
        before: told(old),
        after: told(now),
      };
    }),
    {
      what: words.t("criteria.language"),
      before: language(before.outputLanguage, words),
      after: language(after.outputLanguage, words),
    },
    {
      what: words.t("criteria.model"),
      before: before.model ?? words.t("versions.default_model"),
      after: after.model ?? words.t("versions.default_model"),
    },
  ].filter((change) => change.before !== change.after);
}

function language(tag: string, words: Words): string {
  return tag === "lead" ? words.t("criteria.language_of_lead") : languageName(tag, words);
}

function byKey<Each extends { key: string }>(before: readonly Each[], after: readonly Each[]) {
  const keys = new Set([...after, ...before].map(({ key }) => key));
  return [...keys].map(
    (key) => [before.find((each) => each.key === key), after.find((each) => each.key === key)] as const,
  );
}
