import type { Disagreement, Disagreements as DisagreementList } from "@dealscope/shared/prompt-versions";
import { useWords } from "../../i18n/words.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { LeadLink } from "../kit/lead-link.tsx";
import { Levels } from "../kit/levels.tsx";
import { SegmentMark } from "../kit/outcome.tsx";

/** Leads to be read: either the person or the text has something to learn. */
export function Disagreements({ number }: { number: number }) {
  const words = useWords();
  const query = useAnswer<DisagreementList>(`/api/prompt-versions/${number}/disagreements`);
  return (
    <Box title={words.t("agree.disagreements")} lead={words.t("agree.disagreements_lead")}>
      <Loaded query={query}>
        {({ disagreements }) =>
          disagreements.length === 0 ? (
            <Empty>{words.t("agree.no_disagreement")}</Empty>
          ) : (
            <ul className="dsc-list">
              {disagreements.map((entry) => (
                <Entry key={entry.leadId} entry={entry} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Box>
  );
}

function Entry({ entry: { leadId, leadName, person, model } }: { entry: Disagreement }) {
  const words = useWords();
  return (
    <li className="dsc-list__item">
      <div>
        <LeadLink id={leadId} name={leadName} />
      </div>
      <div>
        {words.t("agree.person_says", { name: person.name })} <SegmentMark segment={person.segment} />
        {person.reason && <span className="dsc-quiet"> – {person.reason}</span>}
      </div>
      <div>
        {words.t("verdict.model_thinks")}:{" "}
        {model.segment ? <SegmentMark segment={model.segment} score={model.score} /> : words.t("verdict.no_segment")}
      </div>
      <div className="dsc-quiet">{model.summary}</div>
      {model.criteria.length > 0 && (
        <details className="dsc-fold">
          <summary>{words.t("why.title")}</summary>
          <Levels criteria={model.criteria} />
        </details>
      )}
    </li>
  );
}
