import type { ConnectionCheck } from "@dealscope/shared/customerio";
import type { UseMutationResult } from "@tanstack/react-query";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { CONNECTION } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";

import { CheckRow, type CheckState } from "../kit/check-row.tsx";
import { Refusal } from "./refusal.tsx";

const STATES: Record<ConnectionCheck["steps"][number]["state"], CheckState> = {
  ok: "good",
  failed: "bad",
  skipped: "unknown",
  waiting: "warning",
};

/** Tries every link to Customer.io. */
export function useCheck() {
  const known = useKnown();
  return useAction<ConnectionCheck>(
    (ask) => ask("/api/engagement/check", { method: "POST" }),
    () => void known.refresh(CONNECTION),
  );
}

interface Props {
  check: UseMutationResult<ConnectionCheck, Error, void>;
}

/** @param checkedAt when it was done last */
export function CheckButton({ check, checkedAt }: Props & { checkedAt: string | null }) {
  const words = useWords();
  return (
    <>
      <Button isBusy={check.isPending} onClick={() => check.mutate()}>
        {words.t("cio_check.button")}
      </Button>
      {checkedAt && (
        <span className="dsc-quiet">{words.t("cio_check.last", { ago: words.ago(checkedAt, Date.now()) })}</span>
      )}
    </>
  );
}

/** What works. */
export function CheckSteps({ check }: Props) {
  const words = useWords();
  return (
    <div className="dsc-stack">
      <Refusal error={check.error} isOfCustomerio />
      <div role="status">
        {check.data && (
          <ul className="dsc-checklist" aria-label={words.t("cio_check.button")}>
            {check.data.steps.map(({ key, state, message }) => (
              <CheckRow key={key} state={STATES[state]} title={words.t(`cio_step.${key}`)}>
                {message}
              </CheckRow>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
