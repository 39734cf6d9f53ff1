import { useId } from "react";

interface Props<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  /** The label is only said. */
  isBare?: boolean;
  /** Looks like text until somebody goes near it. */
  isQuiet?: boolean;
}

/** One of many. The browser's own list, which every keyboard and screen reader knows. */
export function Select<Value extends string>({ label, value, options, onChange, isBare, isQuiet }: Props<Value>) {
  const id = useId();
  return (
    <div className="dsc-field">
      <label className={isBare ? "dsc-said" : "dsc-field__label"} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={isQuiet ? "dsc-select dsc-select--quiet" : "dsc-select"}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
