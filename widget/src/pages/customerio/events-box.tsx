import type { OurEvent } from "@dealscope/shared/engagement";
import { useWords } from "../../i18n/words.ts";
import { TextField } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { Box } from "../kit/box.tsx";
import { Check, Group } from "../kit/controls.tsx";
import type { SettingsPartProps } from "./part.ts";

const NONE = "";
/** Told by a change of type when there is another. */
const EVENTS = Object.keys({
  deal_created: true,
  deal_stage_changed: true,
  deal_won: true,
  deal_lost: true,
  lead_qualified: true,
} satisfies Record<OurEvent, true>) as OurEvent[];

interface Props extends SettingsPartProps {
  /** Kinds of objects of the workspace; empty where it is not known. */
  types: readonly { id: string; name: string }[];
}

/** By which events campaigns start, and whether deals are objects besides. */
export function EventsBox({ value: { events, lateEvents, objectTypeId }, types, errorOf, onChange }: Props) {
  const words = useWords();
  const chosen = objectTypeId ?? NONE;
  return (
    <Box title={words.t("cio_events.title")} lead={words.t("cio_events.lead")}>
      <div className="dsc-stack dsc-stack--wide">
        <Group label={words.t("cio_events.which")}>
          {EVENTS.map((event) => (
            <Check
              key={event}
              isOn={events.includes(event)}
              onChange={(isIn) =>
                onChange({ events: EVENTS.filter((one) => (one === event ? isIn : events.includes(one))) })
              }
            >
              {words.t(`cio_event.${event}`)} <code className="dsc-code">{event}</code>
            </Check>
          ))}
        </Group>
        <Check isOn={lateEvents} onChange={(isOn) => onChange({ lateEvents: isOn })}>
          {words.t("cio_events.late")}
          <span className="dsc-quiet dsc-below">{words.t("cio_events.late_hint")}</span>
        </Check>
        <div className="dsc-narrow">
          {types.length > 0 ? (
            <Select
              label={words.t("cio_events.objects")}
              value={chosen}
              options={[
                { value: NONE, label: words.t("cio_events.no_objects") },
                ...types.map(({ id, name }) => ({ value: id, label: name || id })),
                ...(chosen === NONE || types.some(({ id }) => id === chosen)
                  ? []
                  : [{ value: chosen, label: words.t("cio_events.gone_type", { id: chosen }) }]),
              ]}
              onChange={(id) => onChange({ objectTypeId: id === NONE ? null : id })}
            />
          ) : (
            <TextField
              label={words.t("cio_events.object_id")}
              hint={words.t("cio_events.no_objects")}
              inputMode="numeric"
              value={chosen}
              error={errorOf("objectTypeId")}
              onChange={(text) => onChange({ objectTypeId: text.replace(/\D/g, "") || null })}
            />
          )}
        </div>
        <p className="dsc-quiet dsc-summary">{words.t("cio_events.objects_hint")}</p>
      </div>
    </Box>
  );
}
