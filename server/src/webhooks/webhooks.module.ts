import { Module } from "@nestjs/common";
import { QueueModule } from "../queue/queue.module.ts";
import { DigitalPipelineDoor } from "./digital-pipeline-door.ts";
import { Door } from "./door.ts";
import { Listeners } from "./listeners.ts";
import { Mailbox } from "./mailbox.ts";
import { DigitalPipelineKeys, PathKeys } from "./path-keys.ts";
import { Unpack } from "./unpack.ts";

@Module({
  imports: [QueueModule],
  providers: [DigitalPipelineDoor, DigitalPipelineKeys, Door, Listeners, Mailbox, PathKeys, Unpack],
  exports: [DigitalPipelineDoor, Door, Listeners],
})
export class WebhooksModule {}
