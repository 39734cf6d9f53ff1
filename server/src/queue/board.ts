import { InjectQueue } from "@nestjs/bull";
import { Injectable, type OnModuleDestroy } from "@nestjs/common";
import type { Queue } from "bull";
import type { FastifyInstance } from "fastify";
import { TURNS } from "./bell.ts";

/**
 * Bull's queue to look at. It is loaded when somebody looks for the first time, and has a Fastify of its own, because ours takes no
 * routes any more once it listens.
 */
@Injectable()
export class QueueBoard implements OnModuleDestroy {
  private board?: Promise<FastifyInstance>;

  constructor(@InjectQueue(TURNS) private readonly queue: Queue) {}

  /** @returns what answers requests below `basePath`, with these headers besides its own */
  async open(basePath: string, headers: Record<string, string>) {
    this.board ??= this.load(basePath, headers);
    const { routing } = await this.board;
    return routing;
  }

  async onModuleDestroy() {
    await (await this.board)?.close();
  }

  private async load(basePath: string, headers: Record<string, string>): Promise<FastifyInstance> {
    const [{ fastify }, { createBullBoard }, { BullAdapter }, { FastifyAdapter }] = await Promise.all([
      import("fastify"),
      import("@bull-board/api"),
      import("@bull-board/api/bullAdapter"),
      import("@bull-board/fastify"),
    ]);
    const adapter = new FastifyAdapter();
    adapter.setBasePath(basePath);
    // A job is an account's turn and holds nothing, so there is nothing to mend here; a queue that is paused would stop everything.
    const turns = new BullAdapter(this.queue, { readOnlyMode: true, allowRetries: false });
    createBullBoard({
      queues: [turns],
      serverAdapter: adapter,
      options: {
        uiConfig: {
          boardTitle: "Dealscope turns",
          hideDocsLink: true,
          miscLinks: [{ text: "Back to the accounts", url: "/operator" }],
        },
      },
    });
    const board = fastify();
    board.addHook("onSend", async (_request, reply) => void reply.headers(headers));
    await board.register(adapter.registerPlugin(), { prefix: basePath });
    await board.ready();
    return board;
  }
}
