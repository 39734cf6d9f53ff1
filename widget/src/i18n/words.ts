import { createContext, useContext } from "react";
import { record } from "../host/page.ts";
import type en from "./en.json";

type Keys<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Key : `${Key}.${Keys<Tree[Key]>}`;
}[keyof Tree & string];

/** Path of a text in the files of this folder. */
export type Word = Keys<typeof en>;
export type Values = Record<string, string | number>;

/** The words of the language that the user has chosen in Kommo, which loads the file for us. */
export class Words {
  private readonly relative: Intl.RelativeTimeFormat;

  constructor(
    private readonly texts: unknown,
    readonly language: string,
  ) {
    this.relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
  }

  /** @param values what stands in braces in the text */
  t(word: Word, values: Values = {}): string {
    let found: unknown = this.texts;
    for (const step of word.split(".")) found = record(found)[step];
    if (typeof found !== "string") return word;
    return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  /** How long ago, such as “3 min. ago”. What has happened is never still to come, though clocks may differ. */
  ago(time: string, now: number): string {
    return this.from(Math.min(Date.parse(time), now), now);
  }

  /** In how long, such as “in 3 min.” */
  ahead(time: string, now: number): string {
    return this.from(Date.parse(time), now);
  }

  /** Day and time; without the year when it is this one. */
  when(time: string, now: number): string {
    const date = new Date(time);
    const isThisYear = date.getFullYear() === new Date(now).getFullYear();
    return new Intl.DateTimeFormat(this.language, {
      day: "numeric",
      month: "short",
      ...(isThisYear ? { hour: "2-digit", minute: "2-digit" } : { year: "numeric" }),
    }).format(date);
  }

  day(time: string): string {
    return new Intl.DateTimeFormat(this.language, { day: "numeric", month: "short" }).format(new Date(time));
  }

  /** @param day such as 2026-11-28, which is the same day everywhere */
  calendarDay(day: string): string {
    return new Intl.DateTimeFormat(this.language, { day: "numeric", month: "short", timeZone: "UTC" }).format(
      new Date(day),
    );
  }

  clock(time: number): string {
    return new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit" }).format(new Date(time));
  }

  private from(time: number, now: number): string {
    const [amount, unit] = inUnits((time - now) / 1000);
    return this.relative.format(amount, unit);
  }
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function inUnits(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return [Math.trunc(seconds / length), unit];
  }
  return [0, "second"];
}

export const WordsContext = createContext<Words | null>(null);

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("There are no words here.");
  return words;
}
