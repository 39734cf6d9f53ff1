import { Module } from "@nestjs/common";
import { QueueModule } from "../queue/queue.module.ts";
import { Door } from "./door.ts";
import { Listeners } from "./listeners.ts";
import { Mailbox } from "./mailbox.ts";
import { PathKeys } from "./path-keys.ts";
import { Unpack } from "./unpack.ts";

@Module({
  imports: [QueueModule],
  providers: [Door, Listeners, Mailbox, PathKeys, Unpack],
  exports: [Door, Listeners],
})
export class WebhooksModule {}
