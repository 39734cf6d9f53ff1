import type { Backfill, BackfillFilter } from "@dealscope/shared/backfill";
import type { Lists } from "@dealscope/shared/lists";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { FormEvent } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { BACKFILLS } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Failure } from "../kit/box.tsx";
import { Check, DayField } from "../kit/controls.tsx";
import { useKept } from "../kit/kept.ts";
import { StagePicker } from "../kit/stage-picker.tsx";

interface Wish {
  stages: StageRef[];
  from: string;
  to: string;
  onlyUnjudged: boolean;
}

const EVERYTHING: Wish = { stages: [], from: "", to: "", onlyUnjudged: true };
const DAY_MS = 86_400_000;

/** Which leads; asking counts them first and costs nothing. */
export function FilterForm({ lists }: { lists: Lists }) {
  const words = useWords();
  const known = useKnown();
  const [typed, keep] = useKept<Wish>("backfill");
  const wish = typed ?? EVERYTHING;
  const change = (part: Partial<Wish>) => keep({ ...wish, ...part });
  const isBackwards = wish.from !== "" && wish.to !== "" && wish.from > wish.to;
  const prepare = useAction<Backfill>(
    (ask) => ask(BACKFILLS, { method: "POST", body: toFilter(wish) }),
    async () => {
      await known.refresh(BACKFILLS);
      keep(undefined);
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBackwards) prepare.mutate();
  };
  return (
    <form className="dsc-stack dsc-stack--wide" onSubmit={submit} noValidate>
      <StagePicker
        isOpenOnly
        label={words.t("backfill.stages")}
        lists={lists}
        value={wish.stages}
        onChange={(stages) => change({ stages })}
      />
      <div className="dsc-pair dsc-pair--even dsc-narrow">
        <DayField label={words.t("backfill.from")} value={wish.from} onChange={(from) => change({ from })} />
        <DayField label={words.t("backfill.to")} value={wish.to} onChange={(to) => change({ to })} />
      </div>
      {isBackwards && (
        <div className="dsc-field__error" role="alert">
          {words.t("backfill.backwards")}
        </div>
      )}
      <Check isOn={wish.onlyUnjudged} onChange={(onlyUnjudged) => change({ onlyUnjudged })}>
        {words.t("backfill.only_unjudged")}
      </Check>
      <Failure error={prepare.error} />
      <div className="dsc-row">
        <Button isPrimary type="submit" isBusy={prepare.isPending}>
          {words.t("backfill.count")}
        </Button>
        <span className="dsc-quiet">{words.t("backfill.count_hint")}</span>
      </div>
    </form>
  );
}

/** Days are those of whoever asks; the last one counts until its end. */
function toFilter({ stages, from, to, onlyUnjudged }: Wish): BackfillFilter {
  const start = (day: string) => new Date(`${day}T00:00:00`);
  return {
    stages,
    createdFrom: from === "" ? null : start(from).toISOString(),
    createdTo: to === "" ? null : new Date(start(to).getTime() + DAY_MS - 1).toISOString(),
    onlyUnjudged,
  };
}
