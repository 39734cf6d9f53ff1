import { z } from "zod";
import { EXPLAINED, NEVER_SHIPPED } from "./explained.ts";

/** What `pnpm audit --json` prints, as far as it is read here. */
export const AuditReport = z.object({
  advisories: z.record(
    z.string(),
    z.object({ module_name: z.string(), severity: z.string(), title: z.string(), github_advisory_id: z.string() }),
  ),
});
export type AuditReport = z.infer<typeof AuditReport>;

/** One line for each advisory that nobody has explained. */
export function unexplained({ advisories }: AuditReport): string[] {
  return Object.values(advisories)
    .filter(
      ({ module_name, github_advisory_id }) =>
        !NEVER_SHIPPED.some(({ of }) => of === module_name) &&
        !EXPLAINED.some(({ of, advisory }) => of === module_name && advisory === github_advisory_id),
    )
    .map((one) => `${one.module_name} (${one.severity}): ${one.title}, ${one.github_advisory_id}`);
}
