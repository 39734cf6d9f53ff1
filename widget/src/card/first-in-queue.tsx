import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";
import { Mark } from "../ui/mark.tsx";
import { toneOf } from "../ui/tone.ts";

/** The lead to open next in one line, for whoever is done with this one at a glance; the list stands further down. */
export function FirstInQueue({ card: { next, segments } }: { card: Card }) {
  const words = useWords();
  const [lead] = next;
  if (!lead) return null;
  const tone = toneOf(
    lead.segment?.key,
    segments.map(({ key }) => key),
  );
  return (
    <a className="dsc-first" href={`/leads/detail/${lead.id}`} title={lead.name}>
      {words.t("next.first")} <Mark tone={tone} /> {lead.score} {lead.name}
    </a>
  );
}
