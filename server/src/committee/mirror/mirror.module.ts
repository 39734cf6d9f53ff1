import { Module } from "@nestjs/common";
import { InstallationModule } from "../../installation/installation.module.ts";
import { LeadsModule } from "../../leads/leads.module.ts";
import { WebhooksModule } from "../../webhooks/webhooks.module.ts";
import { WorkModule } from "../../work/work.module.ts";
import { WriteBackModule } from "../../write-back/write-back.module.ts";
import { PeopleModule } from "../people/people.module.ts";
import { ContactFields } from "./contact-fields.ts";
import { Edits } from "./edits.ts";
import { Elements } from "./elements.ts";
import { MirrorListener } from "./mirror.listener.ts";
import { Mirror } from "./mirror.service.ts";
import { MirrorWork } from "./mirror.work.ts";
import { MirrorOutcomes } from "./mirror-outcomes.ts";
import { MirrorUpkeep } from "./mirror-upkeep.ts";
import { ReadListWork } from "./read-list.work.ts";
import { StakeholderList } from "./stakeholder-list.ts";

/** Shows in Kommo who plays which part, for filters and for other tools, and hears what is changed of it there. */
@Module({
  imports: [InstallationModule, LeadsModule, PeopleModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    ContactFields,
    Edits,
    Elements,
    Mirror,
    MirrorListener,
    MirrorOutcomes,
    MirrorUpkeep,
    MirrorWork,
    ReadListWork,
    StakeholderList,
  ],
})
export class MirrorModule {}
