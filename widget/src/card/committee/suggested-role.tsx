import type { CommitteeMember } from "@dealscope/shared/committee";
import { explain } from "../../api/explain.ts";
import { useWords } from "../../i18n/words.ts";
import { TextButton } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { PieceProps } from "./piece.ts";
import { answerSuggestion } from "./requests.ts";
import { useCommitteeChange, withMember } from "./use-committee-change.ts";

/** A role that somebody's title or words speak for, with these words. Nothing is set before a person takes it. */
export function SuggestedRole({ card, member, now, wording, onGone }: PieceProps & { member: CommitteeMember }) {
  const words = useWords();
  const change = useCommitteeChange(card.lead.id);
  const { contactId, suggestion } = member;
  if (!suggestion) return change.error && <Notice kind="error">{explain(change.error, words)}</Notice>;
  const role = wording.role(suggestion.role);
  const answer = (answer: "take" | "dismiss") => {
    change.mutate({
      request: answerSuggestion(suggestion.id, { answer }),
      ahead: withMember(contactId, { suggestion: null, ...(answer === "take" ? { role: suggestion.role } : {}) }),
    });
    onGone();
  };
  return (
    <div className="dsc-suggestion">
      <div>{words.t("suggestion.role", { role })}</div>
      <q className="dsc-quote">{suggestion.quote}</q>
      <div className="dsc-quiet">{wording.saidIn(suggestion.saidIn, now)}</div>
      {card.lead.mayEdit && (
        <div className="dsc-row dsc-row--wide">
          <TextButton label={`${words.t("suggestion.take")}: ${role}`} onClick={() => answer("take")}>
            {words.t("suggestion.take")}
          </TextButton>
          <TextButton label={`${words.t("suggestion.dismiss")}: ${role}`} onClick={() => answer("dismiss")}>
            {words.t("suggestion.dismiss")}
          </TextButton>
        </div>
      )}
      {change.error && <Notice kind="error">{explain(change.error, words)}</Notice>}
    </div>
  );
}
