import type { FieldMapping } from "@dealscope/shared/engagement";
import { useRef } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { Box, Empty } from "../kit/box.tsx";
import { attributeNameOf, typeOf } from "./attribute-of.ts";
import type { SettingsPartProps } from "./part.ts";

const MOST = 50;
const TYPES = ["text", "number", "boolean", "date"] as const;

type Field = SettingsPartProps["lists"]["leadFields"][number] & { entity: FieldMapping["entity"] };

/** Which of Kommo's fields campaigns see, under which name and as what. */
export function FieldsBox({ value: { fields, prefix }, lists, errorOf, onChange }: SettingsPartProps) {
  const words = useWords();
  const list = useRef<HTMLDivElement>(null);
  const known: Field[] = [
    ...lists.leadFields.map((field) => ({ ...field, entity: "lead" as const })),
    ...lists.contactFields.map((field) => ({ ...field, entity: "contact" as const })),
  ];
  const free = known.filter(({ id }) => !fields.some(({ fieldId }) => fieldId === id));
  const change = (at: number, part: Partial<FieldMapping>) =>
    onChange({ fields: fields.map((one, place) => (place === at ? { ...one, ...part } : one)) });
  const remove = (at: number) => {
    onChange({ fields: fields.filter((_, place) => place !== at) });
    list.current?.focus();
  };
  return (
    <Box title={words.t("cio_fields.title")} lead={words.t("cio_fields.lead", { prefix })}>
      <div className="dsc-stack" ref={list} tabIndex={-1}>
        {fields.length === 0 && <Empty>{words.t("cio_fields.none")}</Empty>}
        {fields.length > 0 && (
          <div className="dsc-scroll">
            <table className="dsc-table dsc-table--form dsc-mapping">
              <thead>
                <tr>
                  <th scope="col">{words.t("cio_fields.field")}</th>
                  <th scope="col">{words.t("cio_fields.attribute")}</th>
                  <th scope="col">{words.t("cio_fields.type")}</th>
                  <th>
                    <span className="dsc-said">{words.t("cio_fields.remove")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {fields.map((mapping, at) => (
                  <MappingRow
                    key={mapping.fieldId}
                    mapping={mapping}
                    prefix={prefix}
                    choices={known.filter(({ id }) => id === mapping.fieldId || free.some((one) => one.id === id))}
                    errorOf={(part) => errorOf(`fields.${at}.${part}`)}
                    onChange={(part) => change(at, part)}
                    onRemove={() => remove(at)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {errorOf("fields") && <div className="dsc-field__error">{errorOf("fields")}</div>}
        <div className="dsc-row">
          <Button
            isDisabled={free.length === 0 || fields.length >= MOST}
            onClick={() => free[0] && onChange({ fields: [...fields, mappingOf(free[0])] })}
          >
            {words.t("cio_fields.add")}
          </Button>
          {known.length === 0 && <span className="dsc-quiet">{words.t("cio_fields.no_fields")}</span>}
        </div>
      </div>
    </Box>
  );
}

function mappingOf(field: Field): FieldMapping {
  return { entity: field.entity, fieldId: field.id, attribute: attributeNameOf(field), type: typeOf(field.type) };
}

interface RowProps {
  mapping: FieldMapping;
  prefix: string;
  choices: readonly Field[];
  errorOf: (part: string) => string | undefined;
  onChange: (part: Partial<FieldMapping>) => void;
  onRemove: () => void;
}

function MappingRow({ mapping, prefix, choices, errorOf, onChange, onRemove }: RowProps) {
  const words = useWords();
  const { entity, fieldId, attribute, type } = mapping;
  const field = choices.find(({ id }) => id === fieldId);
  const name = field?.name ?? words.t("gone.field", { id: fieldId });
  const choose = (id: string) => {
    const chosen = choices.find((one) => String(one.id) === id);
    if (chosen) onChange(mappingOf(chosen));
  };
  return (
    <tr>
      <td className="dsc-mapping__field">
        <Select
          isBare
          label={words.t("cio_fields.field_of", { name })}
          value={String(fieldId)}
          options={[
            ...choices.map((one) => ({
              value: String(one.id),
              label: words.t(`cio_entity.${one.entity}`, { name: one.name }),
            })),
            ...(field ? [] : [{ value: String(fieldId), label: name }]),
          ]}
          onChange={choose}
        />
        {errorOf("fieldId") && <div className="dsc-field__error">{errorOf("fieldId")}</div>}
      </td>
      <td className="dsc-mapping__name">
        <TextField
          isBare
          label={words.t("cio_fields.attribute_of", { name })}
          value={attribute}
          error={errorOf("attribute")}
          onChange={(text) => onChange({ attribute: text })}
        />
        {entity === "lead" && attribute !== "" && (
          <div className="dsc-quiet">{words.t("cio_fields.sent_as", { name: `${prefix}${attribute}` })}</div>
        )}
      </td>
      <td className="dsc-mapping__type">
        <Select
          isBare
          label={words.t("cio_fields.type_of", { name })}
          value={type}
          options={TYPES.map((one) => ({ value: one, label: words.t(`cio_type.${one}`) }))}
          onChange={(next) => onChange({ type: next })}
        />
      </td>
      <td className="dsc-nowrap">
        <TextButton label={`${words.t("cio_fields.remove")}: ${name}`} onClick={onRemove}>
          {words.t("cio_fields.remove")}
        </TextButton>
      </td>
    </tr>
  );
}
