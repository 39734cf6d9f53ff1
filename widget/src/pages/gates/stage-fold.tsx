import type { BuyingStage, Role, StageRule } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { Check, toggled } from "../kit/controls.tsx";
import { NumberField } from "../kit/number-field.tsx";
import { RolesTable } from "./roles-table.tsx";
import { ruleSentence } from "./rule-sentence.ts";
import { BUYING_STAGES, goneOf, ROLE_LISTS, withoutGone } from "./rules.ts";

const NONE = "";

interface Props {
  name: string;
  rule: StageRule;
  /** Deals that wait for this stage now. */
  held: number;
  /** What the server finds broken in the rule as it is saved. */
  broken: readonly string[];
  roles: readonly Role[];
  lists: Lists;
  errorOf: (path: string) => string | undefined;
  onChange: (rule: StageRule) => void;
}

/** What a deal needs to enter one stage: a sentence, and behind it what it is made of. */
export function StageFold({ name, rule, held, broken, roles, lists, errorOf, onChange }: Props) {
  const words = useWords();
  const gone = goneOf(rule, roles, lists);
  const goneWords = [
    ...gone.roles.map((key) => words.t("gone.role", { key })),
    ...gone.fieldIds.map((id) => words.t("gone.field", { id })),
  ];
  const isBroken = goneWords.length > 0 || broken.length > 0;
  const set = (part: Partial<StageRule>) => onChange({ ...rule, ...part });
  const isUncounted = rule.minCoverage !== null && ROLE_LISTS.every((list) => rule[list].length === 0);
  return (
    <details className="dsc-fold dsc-fold--box">
      <summary>
        <span className="dsc-strong">{name}</span>{" "}
        <span className="dsc-quiet">
          {[
            rule.buyingStage && words.t(`buying_stage.${rule.buyingStage}`),
            ruleSentence(rule, roles, lists, words),
            held > 0 && words.t("gates.held", { count: held }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {isBroken && <span className="dsc-danger"> {words.t("gates.broken")}</span>}
      </summary>
      <div className="dsc-stack">
        {isBroken && (
          <Notice
            kind="error"
            action={
              goneWords.length > 0 && (
                <Button onClick={() => onChange(withoutGone(rule, gone))}>{words.t("gone.take_out")}</Button>
              )
            }
          >
            {words.t("gates.broken_text")} {(goneWords.length > 0 ? goneWords : broken).join(" ")}
          </Notice>
        )}
        {errorOf("statusId") && <div className="dsc-field__error">{errorOf("statusId")}</div>}
        <div className="dsc-pair dsc-pair--even">
          <Select
            label={words.t("gates.buying_stage")}
            value={rule.buyingStage ?? NONE}
            options={[
              { value: NONE, label: words.t("gates.no_buying_stage") },
              ...BUYING_STAGES.map((value) => ({ value, label: words.t(`buying_stage.${value}`) })),
            ]}
            onChange={(value: BuyingStage | typeof NONE) => set({ buyingStage: value === NONE ? null : value })}
          />
          <NumberField
            label={words.t("gates.coverage")}
            hint={words.t("gates.coverage_none")}
            value={rule.minCoverage}
            error={isUncounted ? words.t("gates.coverage_of_nobody") : errorOf("minCoverage")}
            onChange={(minCoverage) => set({ minCoverage })}
          />
        </div>
        <RolesTable stage={name} rule={rule} roles={roles} onChange={set} />
        <details className="dsc-fold" open={gone.fieldIds.length > 0 ? true : undefined}>
          <summary>
            {words.t("gates.fields")}
            {rule.requiredFieldIds.length > 0 && (
              <span className="dsc-quiet"> {words.t("page.chosen", { count: rule.requiredFieldIds.length })}</span>
            )}
          </summary>
          <div className="dsc-checks">
            {lists.leadFields.map(({ id, name }) => (
              <Check
                key={id}
                isOn={rule.requiredFieldIds.includes(id)}
                onChange={(isOn) => set({ requiredFieldIds: toggled(rule.requiredFieldIds, id, isOn) })}
              >
                {name}
              </Check>
            ))}
          </div>
          {lists.leadFields.length === 0 && <p className="dsc-quiet dsc-summary">{words.t("gates.no_fields")}</p>}
        </details>
      </div>
    </details>
  );
}
