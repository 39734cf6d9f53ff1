import type { CardHold, Committee, Missing, SaidIn, Standstill } from "@dealscope/shared/committee";
import type { Words } from "../../i18n/words.ts";

/** Calls people, roles, fields and stages of one committee by their names. */
export class Wording {
  constructor(
    private readonly committee: Committee,
    readonly words: Words,
  ) {}

  role(key: string): string {
    return this.committee.roles.find((role) => role.key === key)?.name ?? key;
  }

  roles(keys: readonly string[]): string {
    return new Intl.ListFormat(this.words.language, { type: "conjunction", style: "narrow" }).format(
      keys.map((key) => this.role(key)),
    );
  }

  name(contactId: number): string {
    const name = this.committee.members.find((member) => member.contactId === contactId)?.name;
    return name || this.words.t("committee.no_name", { id: contactId });
  }

  /** Name and role, such as “Marta Ruiz (Lawyer)”. */
  who(contactId: number, role: string | null): string {
    return role === null ? this.name(contactId) : `${this.name(contactId)} (${this.role(role)})`;
  }

  /** What keeps a deal from a stage, as one sentence. */
  missing(one: Missing, { names }: CardHold): string {
    const called = (kind: "field" | "stage", id: number) =>
      names.find((name) => name.kind === kind && name.id === id)?.name ?? String(id);
    const { words } = this;
    switch (one.kind) {
      case "role":
        return words.t("missing.role", { role: this.role(one.role) });
      case "approval":
        if (one.contactId === null) return words.t("missing.approval_nobody", { role: this.role(one.role) });
        return words.t(one.approval === "rejected" ? "missing.approval_rejected" : "missing.approval_pending", {
          who: this.who(one.contactId, one.role),
        });
      case "coverage":
        return words.t("missing.coverage", { has: one.has, needs: one.needs });
      case "field":
        return words.t("missing.field", { field: called("field", one.fieldId) });
      case "skipped":
        return words.t("missing.skipped", { stage: called("stage", one.statusId) });
      case "moved_back":
        return words.t("missing.moved_back");
    }
  }

  /** Why a deal stands still, and for how long, as one sentence. */
  standstill({ days, because }: Standstill): string {
    const since = { days: this.days(days) };
    const reasons = because.slice(0, MOST_REASONS).map((reason) => this.reason(reason));
    if (reasons.length === 0) return this.words.t("standstill.unknown", since);
    return this.words.t("standstill.because", { ...since, why: reasons.join("; ") });
  }

  private reason({ kind, contactId, role, text, days }: Standstill["because"][number]): string {
    const { words } = this;
    const values = {
      who: contactId === null ? "" : this.who(contactId, role),
      role: role === null ? "" : this.role(role),
      text,
      days: this.days(days),
    };
    if (kind === "approval" && contactId === null) return words.t("standstill.approval_nobody", values);
    if (kind === "role" && role === null) return words.t("standstill.coverage", values);
    return words.t(`standstill.${kind}`, values);
  }

  /** A number of days, such as “12 days”. */
  days(amount: number): string {
    return new Intl.NumberFormat(this.words.language, { style: "unit", unit: "day", unitDisplay: "long" }).format(
      amount,
    );
  }

  /** Where words of somebody stand, and when they were said. */
  saidIn({ kind, at }: SaidIn, now: number): string {
    const place = this.words.t(`said_in.${kind}`);
    return at === null ? place : `${place}, ${this.words.ago(at, now)}`;
  }
}

const MOST_REASONS = 3;
