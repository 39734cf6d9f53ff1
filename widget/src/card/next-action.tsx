import type { Card, CardVerdict } from "@dealscope/shared/card";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/explain.ts";
import { cardQuery, makeTask } from "../api/queries.ts";
import { notify } from "../host/notify.ts";
import { useWords, type Words } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { asksQuestion } from "./asks-question.ts";

const TASK = {
  due: "verdict.task_waiting",
  sent: "verdict.task_made",
  superseded: "verdict.task_made",
  dead: "verdict.task_dead",
} as const;

/** What to do now, and one click that makes it a task of Kommo's. */
export function NextAction({ card, now }: { card: Card; now: number }) {
  const words = useWords();
  const { client, page } = useShell();
  const queries = useQueryClient();
  const task = useMutation({
    mutationFn: makeTask(client, card.lead.id),
    onSuccess: (fresh) => {
      queries.setQueryData(cardQuery(client, page, card.lead.id).queryKey, fresh);
      notify(words.t("verdict.task_made"), words.t("verdict.task_made_text"));
    },
  });
  const { verdict, task: made } = card;
  // At a money cap the deal keeps the step of the verdict before.
  if (!verdict?.nextAction || verdict.reason === "cap") return null;
  const isOpen = !made || made.state === "dead";
  // A lead that is handed over has its task by itself, where the account wants one.
  const canMake = isOpen && card.lead.mayEdit && !card.account.dryRun && verdict.status !== "needs_manual";
  const question = asksQuestion(verdict) ? verdict.question : null;
  return (
    <div className="dsc-next-action">
      <div className="dsc-field__label">{words.t(question === null ? "verdict.next_action" : "why.ask")}</div>
      <div className="dsc-next-action__text">{question ?? stepOf(verdict, words)}</div>
      {made && (
        <div className="dsc-quiet">
          {[words.t(TASK[made.state]), made.responsibleName, words.when(made.dueAt, now)].filter(Boolean).join(" · ")}
        </div>
      )}
      {(question !== null || canMake) && (
        <div className="dsc-row">
          {question !== null && <CopyButton text={question} />}
          {canMake && (
            <Button isBusy={task.isPending} onClick={() => task.mutate(verdict.nextAction)}>
              {words.t("verdict.make_task")}
            </Button>
          )}
        </div>
      )}
      {task.error && <Notice kind="error">{explain(task.error, words)}</Notice>}
    </div>
  );
}

/** The model speaks the language of the account; what we say ourselves is said in the reader's. */
function stepOf({ status, reason, nextAction }: CardVerdict, words: Words): string {
  if (status !== "needs_manual") return nextAction;
  return words.t(reason === "suspected_injection" ? "verdict.read_by_hand" : "verdict.by_hand");
}
