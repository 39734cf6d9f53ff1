import { TextField } from "../../ui/field.tsx";

const MOST_DIGITS = 6;

interface Props {
  label: string;
  /** Null, or not a number, while nothing is typed. */
  value: number | null;
  onChange: (value: number | null) => void;
  error?: string | undefined;
  hint?: string;
}

/** A whole number. Whether there must be one is for the form to say. */
export function NumberField({ value, onChange, ...field }: Props) {
  const type = (text: string) => {
    const digits = text.replace(/\D/g, "").slice(0, MOST_DIGITS);
    onChange(digits === "" ? null : Number(digits));
  };
  return (
    <TextField
      {...field}
      inputMode="numeric"
      value={value === null || Number.isNaN(value) ? "" : String(value)}
      onChange={type}
    />
  );
}
