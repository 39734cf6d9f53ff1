import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { QueueModule } from "../queue/queue.module.ts";
import { CustomerIoDoor } from "./customerio-door.ts";
import { DigitalPipelineDoor } from "./digital-pipeline-door.ts";
import { Door } from "./door.ts";
import { Listeners } from "./listeners.ts";
import { Mailbox } from "./mailbox.ts";
import { CustomerIoKeys, DigitalPipelineKeys, PathKeys } from "./path-keys.ts";
import { Unpack } from "./unpack.ts";

@Module({
  imports: [InstallationModule, QueueModule],
  providers: [
    CustomerIoDoor,
    CustomerIoKeys,
    DigitalPipelineDoor,
    DigitalPipelineKeys,
    Door,
    Listeners,
    Mailbox,
    PathKeys,
    Unpack,
  ],
  exports: [CustomerIoDoor, CustomerIoKeys, DigitalPipelineDoor, Door, Listeners],
})
export class WebhooksModule {}
