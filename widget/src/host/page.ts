import type { KommoApp, KommoWidget } from "./kommo.ts";

/** Who has which page of Kommo open, as strict values. */
export interface Page {
  accountId: number;
  userId: number;
  /** A locale that we have words for is what Kommo has loaded; this is for dates and numbers. */
  language: string;
  /** The widget's code, which Kommo gives out. */
  code: string;
  /** Where the archive's files are, without a slash at the end. */
  path: string;
}

export function readPage(widget: KommoWidget, app: KommoApp | undefined = window.APP): Page {
  const settings = record(widget.get_settings());
  return {
    accountId: idOf(record(app?.constant?.("account")).id),
    userId: idOf(record(app?.constant?.("user")).id),
    language: textOf(app?.lang_id) || "en",
    code: textOf(settings.widget_code),
    path: textOf(settings.path).replace(/\/+$/, ""),
  };
}

/** The lead whose card is open: 0 while it has not been saved, undefined outside of lead cards. */
export function readLeadId(app: KommoApp | undefined = window.APP): number | undefined {
  if (!app?.isCard?.() || app.getBaseEntity?.() !== "leads") return undefined;
  const card = app.data?.current_card;
  return card ? idOf(card.id) : undefined;
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A positive whole number, however it is written; else 0. */
function idOf(value: unknown): number {
  const id = Number(textOf(value));
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}
