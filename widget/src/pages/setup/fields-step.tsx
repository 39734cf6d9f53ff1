import type { Setup } from "@dealscope/shared/setup";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { SETUP } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Failure } from "../kit/box.tsx";

/** The fields of the deal card that verdicts are written into. */
export function FieldsStep({ setup: { provisioning } }: { setup: Setup }) {
  const words = useWords();
  const known = useKnown();
  const make = useAction<Setup>(
    (ask) => ask(`${SETUP}/repair`, { method: "POST" }),
    (answer) => known.set(SETUP, answer),
  );
  const areReady = provisioning.fieldStates.every(({ state }) => state === "ready");
  return (
    <div className="dsc-stack">
      <ul>
        {provisioning.fieldStates.map(({ key, name, state }) => (
          <li key={key}>
            {name} <span className="dsc-quiet">{words.t(`field_state.${state}`)}</span>
          </li>
        ))}
      </ul>
      <Failure error={make.error} />
      {!areReady && (
        <div className="dsc-row">
          <Button isPrimary isBusy={make.isPending || provisioning.isRunning} onClick={() => make.mutate()}>
            {words.t("setup.make_fields")}
          </Button>
        </div>
      )}
    </div>
  );
}
