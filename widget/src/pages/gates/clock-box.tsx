import type { ApprovalClock } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Select } from "../../ui/select.tsx";
import { Box } from "../kit/box.tsx";
import { NumberField } from "../kit/number-field.tsx";

const AN_ADMIN = "";

interface Props {
  clock: ApprovalClock;
  users: Lists["users"];
  errorOf: (path: string) => string | undefined;
  onChange: (part: Partial<ApprovalClock>) => void;
}

/** What happens when a deal is held and nobody does anything about it. */
export function ClockBox({ clock, users, errorOf, onChange }: Props) {
  const words = useWords();
  const { remindAfterHours, escalateAfterHours, escalateToId } = clock;
  const isEarly = remindAfterHours !== null && escalateAfterHours !== null && escalateAfterHours <= remindAfterHours;
  const isGone = escalateToId !== null && !users.some(({ id }) => id === escalateToId);
  return (
    <Box title={words.t("clock.title")} lead={words.t("clock.lead")}>
      <div className="dsc-triple">
        <NumberField
          label={words.t("clock.remind")}
          hint={words.t("clock.never")}
          value={remindAfterHours}
          error={errorOf("remindAfterHours")}
          onChange={(hours) => onChange({ remindAfterHours: hours })}
        />
        <NumberField
          label={words.t("clock.escalate")}
          hint={words.t("clock.never")}
          value={escalateAfterHours}
          error={isEarly ? words.t("clock.too_early") : errorOf("escalateAfterHours")}
          onChange={(hours) => onChange({ escalateAfterHours: hours })}
        />
        <div>
          <Select
            label={words.t("clock.whom")}
            value={escalateToId === null ? AN_ADMIN : String(escalateToId)}
            options={[
              { value: AN_ADMIN, label: words.t("clock.an_admin") },
              ...users.map(({ id, name }) => ({ value: String(id), label: name })),
              ...(isGone ? [{ value: String(escalateToId), label: words.t("gone.user", { id: escalateToId }) }] : []),
            ]}
            onChange={(id) => onChange({ escalateToId: id === AN_ADMIN ? null : Number(id) })}
          />
          {isGone && <div className="dsc-field__error">{words.t("gone.user", { id: escalateToId })}</div>}
        </div>
      </div>
    </Box>
  );
}
