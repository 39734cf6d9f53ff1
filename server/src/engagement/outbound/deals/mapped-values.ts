import type { FieldMapping } from "@dealscope/shared/engagement";
import type { FieldValue } from "../../../kommo/resources.ts";
import { type Attributes, type AttributeValue, cleanText, textValue, VALUE_BYTES } from "./attribute.ts";

/** Kommo's fields that hold a time: unix seconds. */
const TIMES: readonly string[] = ["date", "date_time", "birthday"];
/** Larger ones are milliseconds, by which nobody could be compared with anything. */
const LAST_SECOND = 100_000_000_000;

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  "1": true,
  false: false,
  no: false,
  "0": false,
};

export interface MappedValues {
  attributes: Attributes;
  /** What cannot be sent as it is, in sentences. */
  problems: string[];
}

/** The fields of a lead or a contact that an administrator has mapped, each in the type that was chosen for it. */
export function mappedValues(
  values: readonly FieldValue[],
  mappings: readonly FieldMapping[],
  entity: FieldMapping["entity"],
): MappedValues {
  const attributes: Attributes = {};
  const problems: string[] = [];
  for (const { fieldId, attribute, type } of mappings.filter((mapping) => mapping.entity === entity)) {
    const field = values.find(({ field_id }) => field_id === fieldId);
    const read = field ? readers[type](field) : { value: null };
    attributes[attribute] = read.value;
    if (read.problem !== undefined) problems.push(`${attribute}: ${read.problem}`);
  }
  return { attributes, problems };
}

interface Read {
  value: AttributeValue;
  problem?: string;
}

const readers: Record<FieldMapping["type"], (field: FieldValue) => Read> = {
  text(field) {
    const all = given(field).map((value) => (isTime(field) ? isoDate(value) : String(value)));
    const text = cleanText(all.join(", "));
    const value = textValue(text);
    if (value === null || Buffer.byteLength(text) <= VALUE_BYTES) return { value };
    return { value, problem: `only the first ${VALUE_BYTES} bytes are sent; Customer.io takes no longer texts.` };
  },
  number(field) {
    const [first] = given(field);
    if (first === undefined) return { value: null };
    const number = typeof first === "boolean" ? Number.NaN : Number(first);
    if (Number.isFinite(number)) return { value: number };
    return { value: null, problem: `“${shortly(first)}” is no number, so it is not sent.` };
  },
  boolean(field) {
    const [first] = given(field);
    if (first === undefined) return { value: null };
    const value = typeof first === "boolean" ? first : WORDS[String(first).toLowerCase()];
    if (value !== undefined) return { value };
    return { value: null, problem: `“${shortly(first)}” is neither yes nor no, so it is not sent.` };
  },
  date(field) {
    const [first] = given(field);
    if (first === undefined) return { value: null };
    const seconds = secondsOf(first);
    if (seconds !== undefined) return { value: seconds };
    return { value: null, problem: `“${shortly(first)}” is no date, so it is not sent.` };
  },
};

function given({ values }: FieldValue): unknown[] {
  return values.map(({ value }) => value).filter((value) => value !== null && value !== undefined && value !== "");
}

function secondsOf(value: unknown): number | undefined {
  const isNumber = typeof value === "number" || /^-?\d+$/.test(String(value));
  const seconds = isNumber ? Number(value) : Math.floor(Date.parse(String(value)) / 1000);
  return Number.isInteger(seconds) && Math.abs(seconds) < LAST_SECOND ? seconds : undefined;
}

function isTime({ field_type }: FieldValue): boolean {
  return TIMES.includes(field_type ?? "");
}

function isoDate(value: unknown): string {
  const seconds = secondsOf(value);
  return seconds === undefined ? String(value) : new Date(seconds * 1000).toISOString().slice(0, 10);
}

function shortly(value: unknown): string {
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
