import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { useWords } from "../../i18n/words.ts";
import { Empty } from "../kit/box.tsx";
import { contentDiff } from "./content-diff.ts";
import { wordDiff } from "./word-diff.ts";

/** What two texts say otherwise, part by part: struck through what is gone, marked what is new. */
export function Diff({ older, newer }: { older: PromptVersionContent; newer: PromptVersionContent }) {
  const words = useWords();
  const changes = contentDiff(older, newer, words);
  if (changes.length === 0) return <Empty>{words.t("versions.same")}</Empty>;
  return (
    <dl className="dsc-diff">
      {changes.map(({ what, before, after }) => (
        <div key={what}>
          <dt className="dsc-quiet">{what}</dt>
          <dd>
            {wordDiff(before, after).map(({ kind, text }, at) => {
              const key = `${at} ${kind}`;
              if (kind === "gone") return <del key={key}>{text}</del>;
              if (kind === "new") return <ins key={key}>{text}</ins>;
              return <span key={key}>{text}</span>;
            })}
          </dd>
        </div>
      ))}
    </dl>
  );
}
