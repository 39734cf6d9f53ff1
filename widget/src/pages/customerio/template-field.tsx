import type { PLACEHOLDERS, TemplateKind } from "@dealscope/shared/engagement";
import { useRef } from "react";
import { useWords } from "../../i18n/words.ts";
import { TextAreaField } from "../../ui/field.tsx";

type Names = { [Kind in TemplateKind]: Record<(typeof PLACEHOLDERS)[Kind][number], true> };

/** What a text may name, in the order in which it is offered. */
const NAMES: Names = {
  note: { person: true, subject: true, campaign: true, opens: true, last: true, clicks: true },
  call: { person: true, opens: true, hours: true, list: true },
  unsubscribe: { person: true, address: true, subject: true, campaign: true, at: true },
  address: { person: true, address: true, state: true, reason: true, at: true },
};

interface Props {
  kind: TemplateKind;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

/** A text with names that are filled in; they are put where the cursor is. */
export function TemplateField({ kind, value, error, onChange }: Props) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const insert = (name: string) => {
    const area = place.current?.querySelector("textarea");
    const at = area?.selectionStart ?? value.length;
    const text = `{{${name}}}`;
    onChange(value.slice(0, at) + text + value.slice(area?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(at + text.length, at + text.length);
    });
  };
  return (
    <div ref={place}>
      <TextAreaField label={words.t("cio_effects.text")} rows={3} value={value} error={error} onChange={onChange} />
      <ul className="dsc-placeholders" aria-label={words.t("cio_effects.placeholders")}>
        {Object.keys(NAMES[kind]).map((name) => (
          <li key={name}>
            <button type="button" className="dsc-placeholder" onClick={() => insert(name)}>
              {`{{${name}}}`}
            </button>{" "}
            <span className="dsc-quiet">{words.t(`cio_name.${name as NameOf}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

type NameOf = { [Kind in TemplateKind]: (typeof PLACEHOLDERS)[Kind][number] }[TemplateKind];
