import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { QueueModule } from "../queue/queue.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { FlushCreations } from "./flush-creations.ts";
import { FlushLeads } from "./flush-leads.ts";
import { WriteBack } from "./write-back.ts";

@Module({
  imports: [QueueModule, InstallationModule, WorkModule],
  providers: [FlushCreations, FlushLeads, WriteBack],
  exports: [WriteBack],
})
export class WriteBackModule {}
