import { z } from "zod";
import { addPipeline } from "../state/new-account.ts";
import type { Pipeline } from "../state/settings.ts";
import type { Api } from "./api.ts";
import { parseItem, writeBatch, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { written } from "./paging.ts";
import { Problem } from "./problem.ts";
import { colorInput, pipelineOf, renderStatus } from "./statuses.ts";

const MOST = 50;
const PATH = "/leads/pipelines";

const pipelineInput = z.object({
  name: z.string(),
  sort: z.int(),
  is_main: z.boolean(),
  is_unsorted_on: z.boolean(),
  _embedded: z
    .object({ statuses: z.array(z.object({ id: z.int().optional(), name: z.string(), color: colorInput.optional() })) })
    .optional(),
});

/** Everybody may read them, administrators may change them. */
export function pipelineRoutes(api: Api): void {
  api.get(PATH, (call) => pipelineList(call, [...call.account.pipelines.values()]));

  api.get(`${PATH}/:id`, (call) => {
    const pipeline = pipelineOf(call);
    const asList = call.account.switches.pipelineById === "list";
    return asList ? pipelineList(call, [pipeline]) : renderPipeline(call, pipeline);
  });

  api.post(PATH, (call) => {
    call.adminOnly();
    const rows = writeBatch(
      call,
      (item) => parseItem(pipelineInput, item),
      (wish, request_id) => {
        if (call.account.pipelines.size >= MOST) throw new Problem(400, "Too many pipelines.");
        const stages = wish._embedded?.statuses ?? [];
        // 142 and 143 exist already; given here, they are only renamed.
        const own = stages
          .filter((stage) => stage.id === undefined)
          .map(({ name, color }) => ({ name, ...(color ? { color } : {}) }));
        const pipeline = addPipeline(call.account, { ...wish, stages: own });
        pipeline.sort = wish.sort;
        for (const { id, name } of stages) if (id !== undefined) rename(pipeline, id, name);
        if (wish.is_main) makeMain(call, pipeline);
        call.created += 1;
        return { ...renderPipeline(call, pipeline), request_id };
      },
    );
    return { _total_items: rows.length, ...written(call, PATH, "pipelines", rows) };
  });

  api.patch(`${PATH}/:id`, (call) => {
    call.adminOnly();
    const pipeline = pipelineOf(call);
    return writeOne(
      call,
      (item) => parseItem(pipelineInput.partial(), item),
      (change) => {
        pipeline.name = change.name ?? pipeline.name;
        pipeline.sort = change.sort ?? pipeline.sort;
        pipeline.is_unsorted_on = change.is_unsorted_on ?? pipeline.is_unsorted_on;
        if (change.is_main) makeMain(call, pipeline);
        return renderPipeline(call, pipeline);
      },
    );
  });

  api.delete(`${PATH}/:id`, (call) => {
    call.adminOnly();
    const pipeline = pipelineOf(call);
    const inUse = [...call.account.leads.values()].some((lead) => !lead.is_deleted && lead.pipeline_id === pipeline.id);
    if (inUse || call.account.pipelines.size === 1) throw new Problem(400, "The pipeline is in use.");
    call.account.pipelines.delete(pipeline.id);
    return undefined;
  });
}

function pipelineList(call: Call, pipelines: Pipeline[]): object {
  const rows = pipelines.map((pipeline) => renderPipeline(call, pipeline));
  return { _total_items: rows.length, ...written(call, PATH, "pipelines", rows) };
}

function renderPipeline(call: Call, pipeline: Pipeline): object {
  const { statuses, ...own } = pipeline;
  return {
    ...own,
    account_id: call.account.id,
    _links: call.link(`${PATH}/${pipeline.id}`),
    _embedded: { statuses: [...statuses.values()].map((status) => renderStatus(call, pipeline, status)) },
  };
}

function rename(pipeline: Pipeline, statusId: number, name: string): void {
  const status = pipeline.statuses.get(statusId);
  if (status) status.name = name;
}

function makeMain(call: Call, main: Pipeline): void {
  for (const pipeline of call.account.pipelines.values()) pipeline.is_main = pipeline === main;
}
