import type { CustomField } from "../../kommo/resources.ts";

/**
 * Says of options that people have added to a select of ours, and that mean nothing to us, that they are left alone. Ours
 * carry a code, also those of roles that were removed.
 */
export function tellOfForeign(select: CustomField, ours: ReadonlyMap<string, number>, problems: string[]) {
  const known = new Set(ours.values());
  for (const { id, value, code } of select.enums) {
    if (code || known.has(id)) continue;
    problems.push(
      `The field "${select.name}" has the option "${value}", which is none of ours: it stays where somebody has chosen it, and says nothing. Call a role so in the settings, or delete the option in Kommo.`,
    );
  }
}
