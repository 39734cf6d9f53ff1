import type { BackTest, PromptVersion } from "@dealscope/shared/prompt-versions";
import { useEffect, useRef } from "react";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { VERSIONS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Failure } from "../kit/box.tsx";
import { money } from "../kit/figures.ts";
import { Meter } from "../kit/meter.tsx";
import { AgreementFigures } from "./version-agreement.tsx";

/** A version, also one that was never in force, tried on the leads that people have judged. */
export function BackTestPart({ version }: { version: PromptVersion }) {
  const words = useWords();
  const known = useKnown();
  const address = `/api/prompt-versions/${version.number}/back-test`;
  const query = useAnswer<BackTest>(address, { again: (test) => (test?.state === "running" ? 1_000 : false) });
  const start = useAction<BackTest>(
    (ask) => ask(address, { method: "POST" }),
    (answer) => known.set(address, answer),
  );
  const test = query.data;
  const isRunning = test?.state === "running";
  const { refreshBelow } = known;
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) void refreshBelow(`${VERSIONS}/${version.number}/disagreements`);
    wasRunning.current = isRunning;
  });
  const isUntried = query.error !== null && asProblem(query.error).code === "not_found";
  return (
    <div className="dsc-stack">
      <h4 className="dsc-subtitle">{words.t("agree.try_title")}</h4>
      <p className="dsc-quiet">{words.t("agree.try_lead")}</p>
      {start.error && asProblem(start.error).code === "conflict" ? (
        <p className="dsc-danger" role="alert">
          {words.t("agree.try_nothing")}
        </p>
      ) : (
        <Failure error={start.error ?? (isUntried ? null : query.error)} />
      )}
      <div className="dsc-row">
        <Button isBusy={start.isPending || isRunning} onClick={() => start.mutate()}>
          {words.t("agree.try_button", { number: version.number })}
        </Button>
        {test && (
          <span className="dsc-quiet" role="status">
            {words.t(isRunning ? "agree.try_progress" : "agree.try_done", {
              done: test.judged,
              all: test.total,
              cost: money(test.costMicros, words),
            })}
          </span>
        )}
      </div>
      {test && isRunning && (
        <Meter
          value={test.judged}
          max={test.total}
          label={words.t("agree.try_progress", {
            done: test.judged,
            all: test.total,
            cost: money(test.costMicros, words),
          })}
        />
      )}
      {test && test.agreement.total > 0 && <AgreementFigures agreement={test.agreement} version={version} />}
    </div>
  );
}
