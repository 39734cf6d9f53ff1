import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { QueueModule } from "../queue/queue.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { Endings } from "./endings.ts";
import { FlushCreations } from "./flush-creations.ts";
import { FlushLeads } from "./flush-leads.ts";
import { FlushLinks } from "./flush-links.ts";
import { FlushMade } from "./flush-made.ts";
import { FlushValues } from "./flush-values.ts";
import { Flushing } from "./flushing.ts";
import { Outcomes } from "./outcomes.ts";
import { WriteBack } from "./write-back.ts";

@Module({
  imports: [QueueModule, InstallationModule, WorkModule],
  providers: [Endings, FlushCreations, Flushing, FlushLeads, FlushLinks, FlushMade, FlushValues, Outcomes, WriteBack],
  exports: [Outcomes, WriteBack],
})
export class WriteBackModule {}
