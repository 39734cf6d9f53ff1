import type { CommitteeSettings } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { Select } from "../../ui/select.tsx";
import { Check } from "../kit/controls.tsx";

const NONE = "";

interface Props {
  value: CommitteeSettings;
  contactFields: Lists["contactFields"];
  errorOf: (path: string) => string | undefined;
  onChange: (part: Partial<CommitteeSettings>) => void;
}

/** Where Kommo itself shows roles, so that its filters and other tools see them. */
export function MirrorFields({ value, contactFields, errorOf, onChange }: Props) {
  const words = useWords();
  const numeric = contactFields.filter(({ type }) => type === "numeric");
  const options = (chosen: number | null) => [
    { value: NONE, label: words.t("mirror.no_field") },
    ...numeric.map(({ id, name }) => ({ value: String(id), label: name })),
    ...(chosen === null || numeric.some(({ id }) => id === chosen)
      ? []
      : [{ value: String(chosen), label: words.t("gone.field", { id: chosen }) }]),
  ];
  return (
    <div className="dsc-stack">
      <Check isOn={value.mirrorList} onChange={(mirrorList) => onChange({ mirrorList })} isSwitch>
        {words.t("mirror.list")}
      </Check>
      <div className="dsc-pair dsc-pair--even">
        {FIELDS.map(([key, word]) => (
          <div key={key}>
            <Select
              label={words.t(word)}
              value={value[key] === null ? NONE : String(value[key])}
              options={options(value[key])}
              onChange={(chosen) => onChange({ [key]: chosen === NONE ? null : Number(chosen) })}
            />
            {errorOf(key) && <div className="dsc-field__error">{errorOf(key)}</div>}
          </div>
        ))}
      </div>
      {numeric.length === 0 && <p className="dsc-quiet dsc-summary">{words.t("mirror.no_numeric")}</p>}
    </div>
  );
}

const FIELDS = [
  ["weightFieldId", "mirror.weight"],
  ["probabilityFieldId", "mirror.probability"],
] as const;
