import type { Committee, Missing } from "@dealscope/shared/committee";

/**
 * What a hold still waits for, by what is known of the people now: the server looks at a hold again a moment after
 * somebody has approved, and what was just done should not be asked for meanwhile.
 */
export function stillMissing({ hold, members }: Committee): Missing[] {
  const playing = (role: string) => members.filter((member) => member.role === role);
  return (hold?.missing ?? []).flatMap((one): Missing[] => {
    if (one.kind === "role") return playing(one.role).length > 0 ? [] : [one];
    if (one.kind !== "approval") return [one];
    if (one.contactId === null && playing(one.role).length === 0) return [one];
    return playing(one.role)
      .filter(({ contactId, approval }) => approval !== "approved" && (one.contactId ?? contactId) === contactId)
      .map(({ contactId, approval }) => ({ ...one, contactId, approval }));
  });
}
