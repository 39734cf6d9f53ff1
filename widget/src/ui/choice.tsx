import { type ReactNode, useId } from "react";

interface Props<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
  error?: string | undefined;
}

/** One of a few, all in sight. */
export function Choice<Value extends string>({ label, value, options, onChange, error }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="dsc-field dsc-choice" aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="dsc-field__label">{label}</legend>
      <div className="dsc-choice__options">
        {options.map((option) => (
          <label key={option.value} className="dsc-choice__option">
            <input
              className="dsc-choice__input"
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span className="dsc-choice__face">{option.label}</span>
          </label>
        ))}
      </div>
      {error && (
        <div className="dsc-field__error" id={`${name}-error`} role="alert">
          {error}
        </div>
      )}
    </fieldset>
  );
}
