import { type ReactNode, useId } from "react";

interface CheckProps {
  children: ReactNode;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  isDisabled?: boolean;
  /** Takes effect at once. */
  isSwitch?: boolean;
}

export function Check({ children, isOn, onChange, isDisabled, isSwitch }: CheckProps) {
  return (
    <label className="dsc-check">
      <input
        type="checkbox"
        className={isSwitch ? "dsc-check__box dsc-check__box--switch" : "dsc-check__box"}
        checked={isOn}
        disabled={isDisabled ?? false}
        onChange={(event) => onChange(event.currentTarget.checked)}
        {...(isSwitch ? { role: "switch" } : {})}
      />
      <span>{children}</span>
    </label>
  );
}

interface DayProps {
  label: string;
  /** `2026-11-21`, or empty. */
  value: string;
  onChange: (value: string) => void;
}

export function DayField({ label, value, onChange }: DayProps) {
  const id = useId();
  return (
    <div className="dsc-field">
      <label className="dsc-field__label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="date"
        className="dsc-select"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}

/** Several of a few, below a common label. */
export function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="dsc-field dsc-group">
      <legend className="dsc-field__label">{label}</legend>
      {children}
    </fieldset>
  );
}

/** @returns the list with or without a value */
export function toggled<Value>(list: readonly Value[], value: Value, isIn: boolean): Value[] {
  const others = list.filter((other) => other !== value);
  return isIn ? [...others, value] : others;
}
