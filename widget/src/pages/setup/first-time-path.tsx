import type { Setup } from "@dealscope/shared/setup";
import { type ReactNode, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Box } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { FieldsStep } from "./fields-step.tsx";
import { IcpStep } from "./icp-step.tsx";
import { SampleRunStep } from "./sample-run-step.tsx";
import { SwitchOnStep } from "./switch-on-step.tsx";
import { TriggersStep } from "./triggers-step.tsx";

type Step = Setup["firstTime"][number]["key"];

/** From nothing to leads being judged. Goes on where it was left, on any day and by any administrator. */
export function FirstTimePath({ setup }: { setup: Setup }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const next = setup.firstTime.find(({ done }) => !done)?.key;
  const [chosen, choose] = useState<Step>();
  const open = chosen ?? next;
  const onDone = () => choose(undefined);
  const views: Record<Step, () => ReactNode> = {
    triggers: () => <TriggersStep onDone={onDone} />,
    fields: () => <FieldsStep setup={setup} />,
    icp: () => <IcpStep onDone={onDone} />,
    // What it found is to be read: nothing else opens before somebody goes on.
    dry_run: () => <SampleRunStep onStart={() => choose("dry_run")} onDone={onDone} />,
    switched_on: () => <SwitchOnStep setup={setup} onDone={onDone} />,
  };
  return (
    <Box title={words.t("path.title")} lead={words.t("path.lead")}>
      <ol className="dsc-path">
        {setup.firstTime.map(({ key, done }, index) => (
          <li key={key} className="dsc-path__step">
            <button
              type="button"
              className="dsc-path__head"
              aria-expanded={key === open}
              aria-current={key === next ? "step" : undefined}
              onClick={() => choose(key)}
            >
              <span className={done ? "dsc-sign dsc-sign--good" : "dsc-sign dsc-sign--unknown"} aria-hidden="true">
                {done ? "✓" : index + 1}
              </span>
              <span>{words.t(`step.${key}`)}</span>
              {done && <span className="dsc-said">{words.t("sign.good")}</span>}
            </button>
            {key === open && (
              <fieldset className="dsc-path__body dsc-form-area" disabled={!isAdmin}>
                {views[key]()}
              </fieldset>
            )}
          </li>
        ))}
      </ol>
    </Box>
  );
}
