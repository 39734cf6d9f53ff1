import { useWords } from "../../i18n/words.ts";

/** To the card of a lead. */
export function LeadLink({ id, name }: { id: number; name: string }) {
  const words = useWords();
  return (
    <a className="dsc-link" href={`/leads/detail/${id}`}>
      {name.trim() || words.t("page.lead_number", { id })}
    </a>
  );
}
