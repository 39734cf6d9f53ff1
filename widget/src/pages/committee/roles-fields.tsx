import type { GateSettings, Role } from "@dealscope/shared/committee";
import { useRef, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Check } from "../kit/controls.tsx";
import { NumberField } from "../kit/number-field.tsx";

const MOST = 20;

interface Props {
  roles: readonly Role[];
  /** As they are in force: a role that they name cannot go. */
  gates: GateSettings;
  errorOf: (path: string) => string | undefined;
  onChange: (roles: Role[]) => void;
}

export function RolesFields({ roles, gates, errorOf, onChange }: Props) {
  const words = useWords();
  const list = useRef<HTMLDivElement>(null);
  const add = () =>
    onChange([
      ...roles,
      { key: freeKey(roles), name: "", weight: 50, probability: 40, decides: false, opposes: false },
    ]);
  const remove = (key: string) => {
    onChange(roles.filter((role) => role.key !== key));
    list.current?.focus();
  };
  return (
    <div className="dsc-stack" ref={list} tabIndex={-1}>
      {roles.map((role, index) => (
        <RoleFields
          key={role.key}
          role={role}
          isNamed={isNamedIn(gates, role.key)}
          isLast={roles.length === 1}
          errorOf={(part) => errorOf(`roles.${index}.${part}`)}
          onChange={(part) => onChange(roles.map((one) => (one.key === role.key ? { ...one, ...part } : one)))}
          onRemove={() => remove(role.key)}
        />
      ))}
      {errorOf("roles") && <div className="dsc-field__error">{errorOf("roles")}</div>}
      <div className="dsc-row">
        <Button onClick={add} isDisabled={roles.length >= MOST}>
          {words.t("roles.add")}
        </Button>
      </div>
    </div>
  );
}

interface RoleProps {
  role: Role;
  isNamed: boolean;
  isLast: boolean;
  errorOf: (part: string) => string | undefined;
  onChange: (part: Partial<Role>) => void;
  onRemove: () => void;
}

function RoleFields({ role, isNamed, isLast, errorOf, onChange, onRemove }: RoleProps) {
  const words = useWords();
  const name = role.name || words.t("roles.unnamed");
  const marks = [role.decides && words.t("roles.decides_short"), role.opposes && words.t("roles.opposes_short")];
  const isWrong = ["key", "name", "weight", "probability"].some((part) => errorOf(part));
  const [isOpen, setOpen] = useState(role.name === "");
  return (
    <details
      className="dsc-fold dsc-fold--box"
      open={isOpen || isWrong}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span className="dsc-strong">{name}</span>{" "}
        <span className="dsc-quiet">
          {[words.t("roles.weighs", { weight: role.weight }), ...marks].filter(Boolean).join(" · ")}
        </span>
      </summary>
      <div className="dsc-stack">
        <div className="dsc-triple">
          <TextField
            label={words.t("roles.name")}
            value={role.name}
            error={errorOf("name")}
            onChange={(text) => onChange({ name: text })}
          />
          <NumberField
            label={words.t("roles.weight")}
            value={role.weight}
            error={errorOf("weight")}
            onChange={(weight) => onChange({ weight: weight ?? Number.NaN })}
          />
          <NumberField
            label={words.t("roles.probability")}
            value={role.probability}
            error={errorOf("probability")}
            onChange={(probability) => onChange({ probability: probability ?? Number.NaN })}
          />
        </div>
        <Check isOn={role.decides} onChange={(decides) => onChange({ decides })}>
          {words.t("roles.decides")}
        </Check>
        <Check isOn={role.opposes} onChange={(opposes) => onChange({ opposes })}>
          {words.t("roles.opposes")}
        </Check>
        {isNamed || isLast ? (
          <div className="dsc-quiet">{words.t(isNamed ? "roles.named" : "roles.last")}</div>
        ) : (
          <TextButton label={`${words.t("roles.remove")}: ${name}`} onClick={onRemove}>
            {words.t("roles.remove")}
          </TextButton>
        )}
      </div>
    </details>
  );
}

/** The key stays when a role is renamed: deals know it by that. */
function freeKey(roles: readonly Role[]): string {
  let number = roles.length + 1;
  while (roles.some(({ key }) => key === `role_${number}`)) number += 1;
  return `role_${number}`;
}

function isNamedIn({ pipelines }: GateSettings, key: string): boolean {
  return pipelines.some(({ stages }) =>
    stages.some(({ requiredRoles, requiredApprovals, wantedRoles }) =>
      [...requiredRoles, ...requiredApprovals, ...wantedRoles].includes(key),
    ),
  );
}
