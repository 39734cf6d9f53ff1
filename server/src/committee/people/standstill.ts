import type { CommitteeMember, Missing, Objection, RoleKey, Standstill } from "@dealscope/shared/committee";

type Reason = Standstill["because"][number];
type Weighed = Reason & { weight: number };

export interface Standing {
  now: Date;
  /** Null when it is not known. */
  stageSince: Date | null;
  /** A deal that has not moved for so long stands still. */
  standstillDays: number;
  /** What holds it, each with the time since when it does. */
  missing: readonly { missing: Missing; since: Date }[];
  /** What its stage asks for and nobody plays. Said only where no hold says it. */
  unplayed: readonly RoleKey[];
  weightOf: ReadonlyMap<RoleKey, number>;
  fieldName(fieldId: number): string;
  members: readonly (CommitteeMember & { silentSince: Date | null })[];
  objections: readonly Objection[];
}

/** Who and what has kept a deal where it is, and for how long. Null while it moves, and where nothing of it is known. */
export function standstillOf(standing: Standing): Standstill | null {
  const { now, stageSince, standstillDays } = standing;
  if (stageSince === null) return null;
  const days = daysBetween(stageSince, now);
  if (days < standstillDays) return null;
  const reasons = [
    ...holding(standing),
    ...unplayed(standing, days),
    ...rejecting(standing),
    ...objecting(standing),
    ...silent(standing),
  ];
  return {
    days,
    because: reasons
      .toSorted((one, other) => other.weight - one.weight || other.days - one.days)
      .map(({ weight: _, ...reason }) => reason),
  };
}

function holding({ missing, members, weightOf, fieldName, now }: Standing): Weighed[] {
  return missing.flatMap(({ missing: thing, since }): Weighed[] => {
    const days = daysBetween(since, now);
    const nobody = { contactId: null, role: null, text: "", days };
    switch (thing.kind) {
      case "approval": {
        const member = members.find(({ contactId }) => contactId === thing.contactId);
        const weight = member?.weight ?? weightOf.get(thing.role) ?? 0;
        return [{ ...nobody, kind: "approval", contactId: thing.contactId, role: thing.role, weight }];
      }
      case "role":
        return [{ ...nobody, kind: "role", role: thing.role, weight: weightOf.get(thing.role) ?? 0 }];
      case "coverage":
        return [{ ...nobody, kind: "role", text: `${thing.has}% / ${thing.needs}%`, weight: 0 }];
      case "field":
        return [{ ...nobody, kind: "field", text: fieldName(thing.fieldId), weight: 0 }];
      default:
        // How a deal was moved says nothing of why it stands.
        return [];
    }
  });
}

function unplayed({ missing, unplayed: roles, weightOf }: Standing, days: number): Weighed[] {
  if (missing.length > 0) return [];
  return roles.map((role) => ({
    ...{ kind: "role", contactId: null, role, text: "", days },
    weight: weightOf.get(role) ?? 0,
  }));
}

/** Who has said no, unless a hold has said so. */
function rejecting({ members, missing, now }: Standing): Weighed[] {
  const told = new Set(missing.flatMap(({ missing: thing }) => (thing.kind === "approval" ? thing.contactId : [])));
  return members.flatMap(({ contactId, role, weight, approval, approvalAt, approvalNote }): Weighed[] =>
    approval === "rejected" && approvalAt !== null && !told.has(contactId)
      ? [
          {
            ...{ kind: "approval", contactId, role, text: approvalNote, weight },
            days: daysBetween(new Date(approvalAt), now),
          },
        ]
      : [],
  );
}

/** Only what a person has confirmed. */
function objecting({ objections, members, now }: Standing): Weighed[] {
  return objections
    .filter(({ state }) => state === "open")
    .map(({ contactId, text, since, weight }) => ({
      ...{ kind: "objection", contactId, text, weight, days: daysBetween(new Date(since), now) },
      role: members.find((member) => member.contactId === contactId)?.role ?? null,
    }));
}

function silent({ members, now }: Standing): Weighed[] {
  return members.flatMap(({ contactId, role, weight, isSilent, silentSince }): Weighed[] =>
    isSilent && silentSince !== null
      ? [{ kind: "silence", contactId, role, text: "", weight, days: daysBetween(silentSince, now) }]
      : [],
  );
}

const DAY_MS = 86_400_000;

export function daysBetween(since: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MS));
}
