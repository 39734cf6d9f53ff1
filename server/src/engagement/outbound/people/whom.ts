import type { SpeaksFor } from "@dealscope/shared/engagement";

/** Somebody in a deal. */
export interface Member {
  contactId: number;
  isMain: boolean;
  /** The key of his role in it. */
  role: string | null;
}

/** Whom of its people a deal speaks for, the main one first. */
export function whom<M extends Member>(speaksFor: SpeaksFor, members: readonly M[]): M[] {
  const inOrder = members.toSorted((a, b) => Number(b.isMain) - Number(a.isMain) || a.contactId - b.contactId);
  switch (speaksFor.who) {
    case "main":
      return inOrder.filter(({ isMain }) => isMain);
    case "all":
      return inOrder;
    case "roles":
      return inOrder.filter(({ role }) => role !== null && speaksFor.roles.includes(role));
  }
}

/** The same for rows of `deal_person d` with `stakeholder s`; `$who` and `$roles` are the places of its two parameters. */
export function spokenFor($who: string, $roles: string): string {
  return `CASE ${$who}::text WHEN 'all' THEN true WHEN 'main' THEN d.is_main ELSE coalesce(s.role = ANY(${$roles}::text[]), false) END`;
}

/** These two. */
export function spokenForBy(speaksFor: SpeaksFor): [who: string, roles: string[]] {
  return [speaksFor.who, speaksFor.who === "roles" ? speaksFor.roles : []];
}
