import type { Card } from "@dealscope/shared/card";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/explain.ts";
import { cardQuery, makeTask } from "../api/queries.ts";
import { notify } from "../host/notify.ts";
import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

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
  if (!verdict?.nextAction || verdict.status === "needs_manual") return null;
  return (
    <div className="dsc-next-action">
      <div className="dsc-field__label">{words.t("verdict.next_action")}</div>
      <div className="dsc-next-action__text">{verdict.nextAction}</div>
      {made && (
        <div className="dsc-quiet">
          {[words.t(TASK[made.state]), made.responsibleName, words.when(made.dueAt, now)].filter(Boolean).join(" · ")}
        </div>
      )}
      {(!made || made.state === "dead") && card.lead.mayEdit && !card.account.dryRun && (
        <Button isBusy={task.isPending} onClick={() => task.mutate(verdict.nextAction)}>
          {words.t("verdict.make_task")}
        </Button>
      )}
      {task.error && <Notice kind="error">{explain(task.error, words)}</Notice>}
    </div>
  );
}
