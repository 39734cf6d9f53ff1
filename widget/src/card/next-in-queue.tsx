import { useWords } from "../i18n/words.ts";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { LeadMark } from "./lead-mark.tsx";
import { Part, type PartProps } from "./part.tsx";

/** The rep's best open leads, one click each. */
export function NextInQueue({ card, now }: PartProps) {
  const words = useWords();
  return (
    <Part title={words.t("next.title")} loading={<SkeletonRows widths={[62, 48, 36]} />} card={card}>
      {({ next, segments }) =>
        next.length === 0 ? (
          <p className="dsc-quiet dsc-summary">{words.t("next.empty")}</p>
        ) : (
          <ul className="dsc-list">
            {next.map((lead) => (
              <li key={lead.id}>
                <a className="dsc-lead" href={`/leads/detail/${lead.id}`}>
                  <LeadMark lead={lead} segments={segments} />
                  <span className="dsc-lead__words">
                    <span className="dsc-lead__name">{lead.name}</span>
                    <span className="dsc-lead__more">
                      {lead.nextAction ||
                        (lead.waitingSince && words.t("next.waiting", { since: words.when(lead.waitingSince, now) }))}
                    </span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )
      }
    </Part>
  );
}
