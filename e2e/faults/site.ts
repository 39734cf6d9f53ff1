import { connectTo, type MailWorkspace } from "../demo/mails.ts";
import type { Stage } from "../stage/stage.ts";
import { type Site, settings } from "./inquiries.ts";

interface Pipeline {
  id: number;
  statuses: { id: number; type: number }[];
}

/** Installs into new accounts, with a gate at a stage of each; needs a worker that runs. */
export async function settle(stage: Stage, count: number, { mails = false } = {}): Promise<Site[]> {
  const installed = await stage.install(count, settings);
  return Promise.all(installed.map(({ accountId }) => siteOf(stage, accountId, mails)));
}

async function siteOf(stage: Stage, accountId: number, mails: boolean): Promise<Site> {
  const { pipelines } = await stage.control<{ pipelines: Pipeline[] }>("accounts/show", { account: accountId });
  const [pipeline] = pipelines;
  const [first, gated] = pipeline!.statuses.filter(({ id, type }) => type !== 1 && id !== 142 && id !== 143);
  const gates = {
    pipelines: [{ pipelineId: pipeline!.id, stages: [{ statusId: gated!.id, requiredRoles: ["lawyer"] }] }],
  };
  await stage.sql("UPDATE account SET settings = settings || $2 WHERE account_id = $1", [
    accountId,
    JSON.stringify({ gates }),
  ]);
  const workspace = mails ? await connect(stage, accountId) : undefined;
  return { accountId, first: first!.id, gated: gated!.id, ...(workspace && { workspace }) };
}

/** Connects a workspace of its own, which is told of every deal. */
async function connect(stage: Stage, accountId: number) {
  const workspace = await stage.mails<MailWorkspace>("workspaces/create");
  const { key } = await stage.mails<{ key: string }>("webhooks/signing-key", { workspace: workspace.id });
  await connectTo(workspace, key, await stage.api(accountId));
  return workspace.id;
}
