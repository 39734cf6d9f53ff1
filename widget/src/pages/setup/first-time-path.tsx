import type { Setup } from "@dealscope/shared/setup";
import { type ReactNode, useEffect, useRef, useState } from "react";
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
export function FirstTimePath({ setup, isWriting }: { setup: Setup; isWriting: boolean }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const next = setup.firstTime.find(({ done }) => !done)?.key;
  const [chosen, choose] = useState<Step>();
  const open = chosen ?? next;
  // It is done as soon as it has run, and then there is something to read: it stays until somebody goes on.
  useEffect(() => {
    if (chosen === undefined && next === "dry_run") choose("dry_run");
  }, [chosen, next]);
  // The button that was pressed is gone with its step: whoever uses the keyboard goes on at the next one.
  const list = useRef<HTMLOListElement>(null);
  const shown = useRef(open);
  useEffect(() => {
    if (shown.current !== open && document.activeElement === document.body) {
      list.current?.querySelector<HTMLElement>("[aria-expanded=true]")?.focus();
    }
    shown.current = open;
  }, [open]);
  const onDone = () => choose(undefined);
  const views: Record<Step, () => ReactNode> = {
    triggers: () => <TriggersStep onDone={onDone} />,
    fields: () => <FieldsStep setup={setup} />,
    icp: () => <IcpStep onDone={onDone} />,
    dry_run: () => <SampleRunStep onDone={onDone} />,
    switched_on: () => <SwitchOnStep setup={setup} onDone={onDone} />,
  };
  return (
    <Box title={words.t("path.title")} lead={words.t(isWriting ? "path.lead_writing" : "path.lead")}>
      <ol className="dsc-path" ref={list}>
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
