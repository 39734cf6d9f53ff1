import type { Card } from "@dealscope/shared/card";
import { useWords } from "../i18n/words.ts";
import { LeadMark } from "./lead-mark.tsx";

/** The lead to open next in one line, for whoever is done with this one at a glance; the list stands further down. */
export function FirstInQueue({ card: { next, segments } }: { card: Card }) {
  const words = useWords();
  const [lead] = next;
  if (!lead) return null;
  return (
    <a className="dsc-first" href={`/leads/detail/${lead.id}`} title={lead.name}>
      {words.t("next.first")} <LeadMark lead={lead} segments={segments} /> {lead.name}
    </a>
  );
}
