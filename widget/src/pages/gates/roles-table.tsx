import type { Role, StageRule } from "@dealscope/shared/committee";
import { useWords } from "../../i18n/words.ts";
import { toggled } from "../kit/controls.tsx";
import { ROLE_LISTS } from "./rules.ts";

interface Props {
  stage: string;
  rule: StageRule;
  roles: readonly Role[];
  onChange: (part: Partial<StageRule>) => void;
}

/** Which roles a stage asks for, and what of them: to be there, to have approved, to count in coverage. */
export function RolesTable({ stage, rule, roles, onChange }: Props) {
  const words = useWords();
  return (
    <div className="dsc-scroll">
      <table className="dsc-table dsc-table--checks">
        <caption className="dsc-said">{words.t("gates.roles_of", { stage })}</caption>
        <thead>
          <tr>
            <th scope="col">{words.t("gates.role")}</th>
            {ROLE_LISTS.map((list) => (
              <th key={list} scope="col">
                {words.t(`role_list.${list}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roles.map(({ key, name }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {ROLE_LISTS.map((list) => (
                <td key={list}>
                  <input
                    type="checkbox"
                    className="dsc-check__box"
                    aria-label={`${name}: ${words.t(`role_list.${list}`)}`}
                    checked={rule[list].includes(key)}
                    onChange={({ currentTarget }) =>
                      onChange({ [list]: toggled(rule[list], key, currentTarget.checked) })
                    }
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
