import type { PipelineGates, Role } from "@dealscope/shared/committee";
import type { Gates } from "@dealscope/shared/gates";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Box } from "../kit/box.tsx";
import { Check, Group, toggled } from "../kit/controls.tsx";
import { asksForSomething, ruleOf, withRule } from "./rules.ts";
import { StageFold } from "./stage-fold.tsx";

interface Props {
  pipeline: Lists["pipelines"][number];
  isGone: boolean;
  value: PipelineGates;
  /** What is held and broken by what is saved; undefined while it is not known. */
  inForce: Gates["pipelines"][number] | undefined;
  roles: readonly Role[];
  lists: Lists;
  errorOf: (path: string) => string | undefined;
  onChange: (gates: PipelineGates) => void;
  onRemove: () => void;
}

export function PipelineBox({ pipeline, isGone, value, inForce, roles, lists, errorOf, onChange, onRemove }: Props) {
  const words = useWords();
  const stages = pipeline.stages.filter(({ isIncoming }) => !isIncoming);
  const orphans = lists.isFresh
    ? value.stages.filter(({ statusId }) => !pipeline.stages.some(({ id }) => id === statusId))
    : [];
  const gonePeople = value.overrulerIds.filter((userId) => !lists.users.some(({ id }) => id === userId));
  const held = inForce?.held ?? 0;
  return (
    <Box
      title={pipeline.name}
      aside={held > 0 && <span className="dsc-quiet">{words.t("gates.held", { count: held })}</span>}
    >
      {isGone ? (
        <Notice kind="error" action={<Button onClick={onRemove}>{words.t("gone.remove")}</Button>}>
          {words.t("gone.pipeline_text")}
        </Notice>
      ) : (
        <div className="dsc-stack">
          <Check isOn={value.isOn} onChange={(isOn) => onChange({ ...value, isOn })} isSwitch>
            {words.t("gates.on")}
          </Check>
          {!value.isOn && asksForSomething(value) && <Notice kind="info">{words.t("gates.not_in_force")}</Notice>}
          {stages.map((stage) => {
            const index = value.stages.findIndex(({ statusId }) => statusId === stage.id);
            const told = inForce?.stages.find(({ statusId }) => statusId === stage.id);
            return (
              <StageFold
                key={stage.id}
                name={stage.name}
                rule={ruleOf(value, stage.id)}
                held={told?.held ?? 0}
                broken={told?.broken ?? []}
                roles={roles}
                lists={lists}
                errorOf={(path) => errorOf(`stages.${index}.${path}`)}
                onChange={(rule) => onChange(withRule(value, rule))}
              />
            );
          })}
          {orphans.map(({ statusId }) => (
            <Notice
              key={statusId}
              kind="error"
              action={
                <Button
                  onClick={() =>
                    onChange({ ...value, stages: value.stages.filter((rule) => rule.statusId !== statusId) })
                  }
                >
                  {words.t("gone.remove")}
                </Button>
              }
            >
              {words.t("gone.stage", { id: statusId })}
            </Notice>
          ))}
          <details className="dsc-fold">
            <summary>
              {words.t("gates.more")} <span className="dsc-quiet">{orderOf(value)}</span>
            </summary>
            <div className="dsc-stack dsc-inset">
              <Check isOn={value.noSkipping} onChange={(noSkipping) => onChange({ ...value, noSkipping })}>
                {words.t("gates.no_skipping")}
              </Check>
              <Check isOn={value.noMovingBack} onChange={(noMovingBack) => onChange({ ...value, noMovingBack })}>
                {words.t("gates.no_moving_back")}
              </Check>
              <Check isOn={value.nativeLock} onChange={(nativeLock) => onChange({ ...value, nativeLock })}>
                {words.t("gates.native_lock")}
              </Check>
              <Group label={words.t("gates.overrulers")}>
                {lists.users
                  .filter(({ isAdmin }) => !isAdmin)
                  .map(({ id, name }) => (
                    <Check
                      key={id}
                      isOn={value.overrulerIds.includes(id)}
                      onChange={(isOn) => onChange({ ...value, overrulerIds: toggled(value.overrulerIds, id, isOn) })}
                    >
                      {name}
                    </Check>
                  ))}
                {gonePeople.map((id) => (
                  <Check
                    key={id}
                    isOn
                    onChange={() => onChange({ ...value, overrulerIds: toggled(value.overrulerIds, id, false) })}
                  >
                    {words.t("gone.user", { id })}
                  </Check>
                ))}
                <p className="dsc-quiet dsc-summary">{words.t("gates.admins_overrule")}</p>
              </Group>
            </div>
          </details>
        </div>
      )}
    </Box>
  );

  function orderOf({ noSkipping, noMovingBack, nativeLock }: PipelineGates): string {
    const parts = [
      noSkipping && words.t("gates.no_skipping"),
      noMovingBack && words.t("gates.no_moving_back"),
      nativeLock && words.t("gates.native_lock"),
    ];
    return parts.filter((part) => part !== false).join(" · ");
  }
}
