import type { DigitalPipelineSetup } from "@dealscope/shared/gates";
import { useEffect, useState } from "react";
import { asProblem } from "../api/problem.ts";
import { type ActionPlace, fillIn } from "../host/places.ts";
import { useWords } from "../i18n/words.ts";
import { Choice } from "../ui/choice.tsx";
import { Notice } from "../ui/notice.tsx";
import { GATES } from "./kit/addresses.ts";
import { useAnswer } from "./kit/asking.ts";
import { explainHere } from "./kit/problems.ts";

const ACTIONS = ["check_gate", "qualify"] as const;
type Action = (typeof ACTIONS)[number];

/** Which of our actions a stage of the Digital Pipeline calls. What Kommo keeps of it carries the account's key. */
export function DigitalPipelineAction({ place }: { place: ActionPlace }) {
  const words = useWords();
  const setup = useAnswer<DigitalPipelineSetup>(`${GATES}/digital-pipeline`);
  const [action, setAction] = useState<Action>(() => ACTIONS.find((one) => one === place.action.value) ?? ACTIONS[0]);
  const key = setup.data?.key;
  useEffect(() => {
    fillIn(place.action, action);
    if (key !== undefined) fillIn(place.key, key);
  }, [place, action, key]);
  const isUnknown = setup.error && ["forbidden", "not_connected"].includes(asProblem(setup.error).code);
  return (
    <div className="dsc-stack dsc-settings">
      <Choice
        label={words.t("dp.title")}
        value={action}
        options={ACTIONS.map((value) => ({ value, label: words.t(`dp.${value}`) }))}
        onChange={setAction}
      />
      <div className="dsc-quiet">{words.t(`dp.${action}_text`)}</div>
      {setup.error && (
        <Notice kind="error">{isUnknown ? words.t("dp.no_key") : explainHere(setup.error, words)}</Notice>
      )}
      <div className="dsc-quiet" role="status">
        {key !== undefined && words.t("dp.ready")}
      </div>
    </div>
  );
}
