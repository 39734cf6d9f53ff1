import { useWords } from "../../i18n/words.ts";
import { TextButton } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import type { CriterionForm } from "./content-form.ts";

interface Props {
  criterion: CriterionForm;
  errorAt: (path: string) => string | undefined;
  onChange: (part: Partial<CriterionForm>) => void;
  /** Left out where it has to stay. */
  onRemove?: () => void;
}

/** One criterion. Of what people do with mails the levels are counted, so there is nothing to word. */
export function CriterionFields({ criterion, errorAt, onChange, onRemove }: Props) {
  const words = useWords();
  const isCounted = criterion.judgedBy === "engagement";
  return (
    <div className="dsc-stack">
      <div className="dsc-pair">
        <TextField
          label={words.t("criteria.name")}
          value={criterion.name}
          error={errorAt("name")}
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={words.t("criteria.weight")}
          value={criterion.weight}
          inputMode="numeric"
          error={errorAt("weight")}
          onChange={(weight) => onChange({ weight })}
        />
      </div>
      {isCounted ? (
        <>
          <p className="dsc-quiet">{words.t("criteria.mails_hint")}</p>
          <ul className="dsc-quiet">
            {criterion.anchors.map((anchor, level) => (
              <li key={anchor}>
                {words.t("criteria.level", { level })}: {anchor}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <TextField
            label={words.t("criteria.description")}
            value={criterion.description}
            error={errorAt("description")}
            onChange={(description) => onChange({ description })}
          />
          <div className="dsc-quiet">{words.t("criteria.anchors_hint")}</div>
          {criterion.anchors.map((anchor, level) => (
            <TextField
              key={level}
              label={words.t("criteria.level", { level })}
              value={anchor}
              error={errorAt(`anchors.${level}`)}
              onChange={(text) =>
                onChange({ anchors: criterion.anchors.map((each, index) => (index === level ? text : each)) })
              }
            />
          ))}
        </>
      )}
      {onRemove && <TextButton onClick={onRemove}>{words.t("criteria.remove", { name: criterion.name })}</TextButton>}
    </div>
  );
}
