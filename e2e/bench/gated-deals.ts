import type { Stage } from "../stage/stage.ts";

/** Read what was told, read before writing, write. */
export const CALLS_ON_THE_WAY = 3;

interface Account {
  pipelines: { id: number; statuses: { id: number; type: number }[] }[];
}

/** The first two stages that a deal can be dragged to. */
export async function stagesOf(stage: Stage, account: number) {
  const { pipelines } = await stage.control<Account>("accounts/show", { account });
  const [pipeline] = pipelines;
  const [first, gated] = pipeline!.statuses.filter(({ id, type }) => type !== 1 && id !== 142 && id !== 143);
  return { pipelineId: pipeline!.id, first: first!.id, gated: gated!.id };
}

/** The stage wants a lawyer, and none of the deals has one. */
export async function holdAt(stage: Stage, account: number, pipelineId: number, statusId: number) {
  const gates = { pipelines: [{ pipelineId, stages: [{ statusId, requiredRoles: ["lawyer"] }] }] };
  await stage.sql("UPDATE account SET settings = settings || $2 WHERE account_id = $1", [
    account,
    JSON.stringify({ gates }),
  ]);
}

/** In ms until the deal is back where it may be. */
export async function moveWrongly(
  stage: Stage,
  account: number,
  id: number,
  { first, gated }: { first: number; gated: number },
): Promise<number> {
  const moved = performance.now();
  await stage.control("leads/move", { account, id, status_id: gated });
  const isBack = async () => {
    const [lead] = await stage.control<{ status_id: number }[]>("leads/read", { account, ids: [id] });
    return lead?.status_id === first;
  };
  await stage.until("the deal is back", isBack, 60_000, 10);
  return performance.now() - moved;
}
