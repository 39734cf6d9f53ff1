import type { AccountRules } from "./gate-rules.ts";
import type { Names } from "./wording.ts";

/** What the account calls what a hold is about; a number where the name is not known. */
export function namesOf(
  { language, roles, known }: AccountRules,
  pipelineId: number,
  members: readonly { contactId: number; name: string }[],
): Names {
  const stagesIn = (id: number) => known.pipelines.find((pipeline) => pipeline.id === id)?.statuses ?? [];
  return {
    language,
    stage: (id, of = pipelineId) => stagesIn(of).find((stage) => stage.id === id)?.name ?? String(id),
    role: (key) => roles.find((role) => role.key === key)?.name ?? key,
    member: (id) => members.find(({ contactId }) => contactId === id)?.name || `#${id}`,
    field: (id) => known.leadFields?.find((field) => field.id === id)?.name ?? String(id),
  };
}
