import type { Card } from "@dealscope/shared/card";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { explain } from "../api/explain.ts";
import { cardQuery, clearOverride } from "../api/queries.ts";
import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { OverrideForm } from "./override-form.tsx";
import { Part, type PartProps } from "./part.tsx";
import type { Requalifying } from "./use-requalify.ts";
import { WhatChanged } from "./what-changed.tsx";

/** What a rep can do about a verdict. */
export function Act({ card, requalifying }: PartProps & { requalifying: Requalifying }) {
  const words = useWords();
  return (
    <Part title={words.t("act.title")} loading={<LoadingButtons />} card={card}>
      {(shown) =>
        shown.lead.mayEdit ? (
          <Actions card={shown} requalifying={requalifying} />
        ) : (
          <p className="dsc-quiet dsc-summary">{words.t("act.read_only")}</p>
        )
      }
    </Part>
  );
}

function Actions({ card, requalifying }: { card: Card; requalifying: Requalifying }) {
  const words = useWords();
  const { client, page } = useShell();
  const queries = useQueryClient();
  const [isOverriding, setOverriding] = useState(false);
  const clear = useMutation({
    mutationFn: clearOverride(client, card.lead.id),
    onSuccess: (fresh) => void queries.setQueryData(cardQuery(client, page, card.lead.id).queryKey, fresh),
  });
  const { isJudging, outcome, error } = requalifying;
  const buttons = useRef<HTMLDivElement>(null);
  const endOverriding = () => {
    setOverriding(false);
    // The form goes, and with it the place of the keyboard.
    buttons.current?.querySelector<HTMLElement>("button:last-of-type")?.focus();
  };
  return (
    <div className="dsc-stack">
      <div className="dsc-row" ref={buttons}>
        <Button isBusy={isJudging} onClick={requalifying.ask}>
          {words.t("act.requalify")}
        </Button>
        {card.override ? (
          <Button isBusy={clear.isPending} onClick={() => clear.mutate()}>
            {words.t("act.clear")}
          </Button>
        ) : (
          <Button isExpanded={isOverriding} onClick={() => setOverriding(!isOverriding)}>
            {words.t("act.override")}
          </Button>
        )}
      </div>
      <div className="dsc-said" role="status">
        {isJudging && words.t("act.requalifying")}
      </div>
      {outcome && <WhatChanged {...outcome} card={card} onClose={requalifying.dismiss} />}
      {card.pending?.state === "stuck" && <Notice kind="warning">{words.t("act.stuck")}</Notice>}
      {error && <Notice kind="error">{explain(error, words)}</Notice>}
      {clear.error && <Notice kind="error">{explain(clear.error, words)}</Notice>}
      {isOverriding && !card.override && <OverrideForm card={card} onDone={endOverriding} />}
    </div>
  );
}

function LoadingButtons() {
  return (
    <div className="dsc-row" aria-hidden="true">
      <div className="dsc-skeleton dsc-skeleton--button" />
      <div className="dsc-skeleton dsc-skeleton--button" />
    </div>
  );
}
