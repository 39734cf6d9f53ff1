import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Workspace } from "../state/workspace.ts";
import { accept } from "./accept.ts";
import { BATCH_BYTES, bytesOf, ITEM_BYTES } from "./limits.ts";
import { invalid, type Refusal } from "./refusal.ts";

const batchBody = z.object({ batch: z.array(z.unknown()).min(1) });

export function trackV2Routes(app: FastifyInstance): void {
  app.post("/api/v2/entity", async (request, reply) => {
    const errors = acceptItem(request.customerIo.credentials!.workspace, request.body);
    if (errors.length > 0) return reply.code(400).send({ errors });
    return reply.type("application/json").send("{}\n");
  });

  app.post("/api/v2/batch", async (request, reply) => {
    const refused = judgeBatch(request.body);
    if (refused) return reply.code(400).send({ errors: [refused] });
    const { workspace } = request.customerIo.credentials!;
    const { batch } = batchBody.parse(request.body);
    const errors = batch.flatMap((item, batch_index) =>
      acceptItem(workspace, item).map((refusal) => ({ batch_index, ...refusal })),
    );
    if (errors.length > 0) return reply.code(207).send({ errors });
    return reply.type("application/json").send("{}\n");
  });
}

/** What makes the whole request void. */
function judgeBatch(body: unknown): Refusal | undefined {
  if (bytesOf(body) > BATCH_BYTES) return invalid("batch", "batch cannot be larger than 500kb");
  if (batchBody.safeParse(body).success) return undefined;
  return { reason: "required", field: "batch", message: "batch must be a list of operations" };
}

function acceptItem(workspace: Workspace, item: unknown): Refusal[] {
  if (bytesOf(item) > ITEM_BYTES) return [invalid("", "operation cannot be larger than 32kb")];
  return accept(workspace, item);
}
