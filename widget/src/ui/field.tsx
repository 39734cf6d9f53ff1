import { Input, InputLightTheme } from "@kommo-crm/crm-react-ui-kit/Input";
import { TextArea, TextareaLightTheme } from "@kommo-crm/crm-react-ui-kit/TextArea";
import { type ReactNode, useId } from "react";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with the value, and what to do. */
  error?: string | undefined;
  hint?: string;
  inputMode?: "numeric" | "text";
  /** The label is only said. */
  isBare?: boolean;
}

interface AreaProps extends Omit<Props, "inputMode" | "isBare"> {
  rows?: number;
}

export function TextField({ label, value, onChange, error, hint, inputMode, isBare }: Props) {
  return (
    <Field label={label} error={error} isBare={isBare}>
      {(attributes) => (
        <Input
          theme={InputLightTheme}
          className="dsc-input"
          value={value}
          placeholder={hint ?? ""}
          inputMode={inputMode ?? "text"}
          autoComplete="off"
          isInvalid={error !== undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
          {...attributes}
        />
      )}
    </Field>
  );
}

export function TextAreaField({ label, value, onChange, error, hint, rows }: AreaProps) {
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <TextArea
          theme={TextareaLightTheme}
          className="dsc-input"
          value={value}
          placeholder={hint ?? ""}
          rows={rows ?? 2}
          isInvalid={error !== undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
          {...attributes}
        />
      )}
    </Field>
  );
}

interface Attributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby"?: string;
}

function Field({
  label,
  error,
  isBare,
  children,
}: Pick<Props, "label" | "error"> & { isBare?: boolean | undefined; children: (attributes: Attributes) => ReactNode }) {
  const id = useId();
  return (
    <div className="dsc-field">
      <label className={isBare ? "dsc-said" : "dsc-field__label"} htmlFor={id}>
        {label}
      </label>
      {children({ id, "aria-invalid": error !== undefined, ...(error ? { "aria-describedby": `${id}-error` } : {}) })}
      {error && (
        <div className="dsc-field__error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
