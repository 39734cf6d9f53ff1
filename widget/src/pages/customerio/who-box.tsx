import type { Role } from "@dealscope/shared/committee";
import type { PersonIdentifier, SpeaksFor } from "@dealscope/shared/engagement";
import type { Lists } from "@dealscope/shared/lists";
import { useWords, type Words } from "../../i18n/words.ts";
import { Choice } from "../../ui/choice.tsx";
import { TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { Box } from "../kit/box.tsx";
import { Check, Group, toggled } from "../kit/controls.tsx";
import type { SettingsPartProps } from "./part.ts";

const NONE = "";
const WHOS = ["main", "all", "roles"] as const;

interface Props extends SettingsPartProps {
  roles: readonly Role[];
  /** No keys are saved, as far as the viewer may know. */
  isUnconnected: boolean;
  isDry: boolean;
}

/** Whether campaigns are told of deals, whom of a deal's people, and by what they know these. */
export function WhoBox({ value, lists, roles, isUnconnected, isDry, errorOf, onChange }: Props) {
  const words = useWords();
  const { isOn, speaksFor, identifier, prefix, optOutFieldId } = value;
  return (
    <Box title={words.t("cio_who.title")} lead={words.t("cio_who.lead")}>
      <div className="dsc-stack dsc-stack--wide">
        <Check isOn={isOn} onChange={(next) => onChange({ isOn: next })} isSwitch>
          {words.t("cio_who.on")}
        </Check>
        {isOn && isUnconnected && <Notice kind="info">{words.t("cio_who.not_connected")}</Notice>}
        {isOn && isDry && !isUnconnected && <Notice kind="warning">{words.t("cio_standing.dry_run")}</Notice>}
        <Choice
          label={words.t("cio_who.speaks_for")}
          value={speaksFor.who}
          options={WHOS.map((who) => ({ value: who, label: words.t(`cio_speaks_for.${who}`) }))}
          onChange={(who) => onChange({ speaksFor: who === "roles" ? { who, roles: [] } : { who } })}
        />
        {speaksFor.who === "roles" && (
          <RoleChecks
            chosen={speaksFor.roles}
            roles={roles}
            error={errorOf("speaksFor.roles")}
            onChange={(next) => onChange({ speaksFor: next })}
          />
        )}
        <div className="dsc-pair dsc-pair--even">
          <Select
            label={words.t("cio_who.identifier")}
            value={identifier.by === "email" ? NONE : String(identifier.fieldId)}
            options={[
              { value: NONE, label: words.t("cio_who.by_email") },
              ...withGone(
                lists.contactFields.filter(({ type }) => IDENTIFYING.has(type)),
                identifier.by === "field" ? identifier.fieldId : null,
                words,
              ),
            ]}
            onChange={(chosen) => onChange({ identifier: toIdentifier(chosen) })}
          />
          <TextField
            label={words.t("cio_who.prefix")}
            value={prefix}
            error={errorOf("prefix")}
            onChange={(text) => onChange({ prefix: text.trim() })}
          />
        </div>
        {errorOf("identifier.fieldId") && <div className="dsc-field__error">{errorOf("identifier.fieldId")}</div>}
        <p className="dsc-quiet dsc-summary">{words.t("cio_who.prefix_hint", { name: `${prefix}stage` })}</p>
        {identifier.by === "field" && <Notice kind="warning">{words.t("cio_who.by_field_warning")}</Notice>}
        <div className="dsc-narrow">
          <Select
            label={words.t("cio_who.opt_out")}
            value={optOutFieldId === null ? NONE : String(optOutFieldId)}
            options={[
              { value: NONE, label: words.t("mirror.no_field") },
              ...withGone(
                lists.contactFields.filter(({ type }) => type === "checkbox"),
                optOutFieldId,
                words,
              ),
            ]}
            onChange={(chosen) => onChange({ optOutFieldId: chosen === NONE ? null : Number(chosen) })}
          />
          {errorOf("optOutFieldId") && <div className="dsc-field__error">{errorOf("optOutFieldId")}</div>}
        </div>
        <p className="dsc-quiet dsc-summary">{words.t("cio_who.opt_out_hint")}</p>
      </div>
    </Box>
  );
}

/** What can hold an id. */
const IDENTIFYING: ReadonlySet<string> = new Set(["text", "numeric", "url", "tracking_data"]);

function toIdentifier(chosen: string): PersonIdentifier {
  return chosen === NONE ? { by: "email" } : { by: "field", fieldId: Number(chosen) };
}

function withGone(fields: Lists["contactFields"], chosen: number | null, words: Words) {
  return [
    ...fields.map(({ id, name }) => ({ value: String(id), label: name })),
    ...(chosen === null || fields.some(({ id }) => id === chosen)
      ? []
      : [{ value: String(chosen), label: words.t("gone.field", { id: chosen }) }]),
  ];
}

interface RolesProps {
  chosen: readonly string[];
  roles: readonly Role[];
  error: string | undefined;
  onChange: (next: SpeaksFor) => void;
}

function RoleChecks({ chosen, roles, error, onChange }: RolesProps) {
  const words = useWords();
  const gone = chosen.filter((key) => !roles.some((role) => role.key === key));
  return (
    <Group label={words.t("cio_who.roles")}>
      <div className="dsc-checks">
        {[...roles, ...gone.map((key) => ({ key, name: words.t("gone.role", { key }) }))].map(({ key, name }) => (
          <Check
            key={key}
            isOn={chosen.includes(key)}
            onChange={(isIn) => onChange({ who: "roles", roles: toggled(chosen, key, isIn) })}
          >
            {name}
          </Check>
        ))}
      </div>
      {error && <div className="dsc-field__error">{error}</div>}
    </Group>
  );
}
