import { z } from "zod";
import { firstStage, updateLead } from "../crm/leads.ts";
import { STAGE_COLORS } from "../state/defaults.ts";
import type { Pipeline, Status } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { written } from "./paging.ts";
import { notFound, Problem } from "./problem.ts";

const MOST = 100;

export const colorInput = z.enum(STAGE_COLORS as [string, ...string[]]);
const statusInput = z.object({ name: z.string(), sort: z.int(), color: colorInput.optional() });

export function statusRoutes(api: Api): void {
  const path = "/leads/pipelines/:pipelineId/statuses";

  api.get(path, (call) => {
    const pipeline = pipelineOf(call, "pipelineId");
    const rows = [...pipeline.statuses.values()].map((status) => renderStatus(call, pipeline, status));
    return { _total_items: rows.length, ...written(call, pathOf(pipeline), "statuses", rows) };
  });

  api.get(`${path}/:id`, (call) => {
    const pipeline = pipelineOf(call, "pipelineId");
    return renderStatus(call, pipeline, statusOf(call, pipeline));
  });

  api.post(path, (call) => {
    call.adminOnly();
    const pipeline = pipelineOf(call, "pipelineId");
    const rows = writeBatch(
      call,
      (item) => parseItem(statusInput, item),
      (wish, request_id) => {
        if (pipeline.statuses.size >= MOST) throw new Problem(400, "Too many stages.");
        const id = call.account.ids.next("status");
        const color = wish.color ?? STAGE_COLORS[0]!;
        const status: Status = { id, name: wish.name, sort: wish.sort, color, is_editable: true, type: 0 };
        pipeline.statuses.set(id, status);
        renumber(pipeline);
        call.created += 1;
        return { ...renderStatus(call, pipeline, status), request_id };
      },
    );
    return { _total_items: rows.length, ...written(call, pathOf(pipeline), "statuses", rows) };
  });

  api.patch(`${path}/:id`, (call) => {
    call.adminOnly();
    const pipeline = pipelineOf(call, "pipelineId");
    const status = statusOf(call, pipeline);
    return writeOne(
      call,
      (item) => parseItem(statusInput.partial(), item),
      (change) => {
        Object.assign(status, { ...change, id: status.id });
        renumber(pipeline);
        return renderStatus(call, pipeline, status);
      },
    );
  });

  api.delete(`${path}/:id`, (call) => {
    call.adminOnly();
    const pipeline = pipelineOf(call, "pipelineId");
    const status = statusOf(call, pipeline);
    if (!status.is_editable) throw new Problem(400, "A system stage cannot be deleted.");
    pipeline.statuses.delete(status.id);
    const homeless = [...call.account.leads.values()].filter(
      (lead) => lead.pipeline_id === pipeline.id && lead.status_id === status.id,
    );
    for (const lead of homeless) updateLead(call.account, lead, { status_id: firstStage(pipeline) }, call.user.id);
    return undefined;
  });
}

export function renderStatus(call: Call, pipeline: Pipeline, status: Status): object {
  return {
    ...status,
    pipeline_id: pipeline.id,
    account_id: call.account.id,
    ...(call.with("descriptions") ? { descriptions: [] } : {}),
    _links: call.link(`${pathOf(pipeline)}/${status.id}`),
  };
}

export function pipelineOf(call: Call, name = "id"): Pipeline {
  const pipeline = call.account.pipelines.get(call.id(name));
  if (!pipeline) throw notFound();
  return pipeline;
}

function pathOf(pipeline: Pipeline): string {
  return `/leads/pipelines/${pipeline.id}/statuses`;
}

function statusOf(call: Call, pipeline: Pipeline): Status {
  const status = pipeline.statuses.get(call.id());
  if (!status) throw notFound();
  return status;
}

/** The sort that is sent is a place; what is stored goes by tens. Incoming stays first, won and lost last. */
function renumber(pipeline: Pipeline): void {
  const sorted = [...pipeline.statuses.values()].sort((a, b) => a.sort - b.sort);
  const place = (status: Status) => (status.type === 1 ? 0 : status.is_editable ? 1 : 2);
  sorted.sort((a, b) => place(a) - place(b));
  sorted.forEach((status, index) => {
    if (status.is_editable || status.type === 1) status.sort = (index + 1) * 10;
  });
  pipeline.statuses = new Map(sorted.map((status) => [status.id, status]));
}
