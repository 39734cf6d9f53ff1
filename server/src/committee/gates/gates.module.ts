import { Module } from "@nestjs/common";
import { InstallationModule } from "../../installation/installation.module.ts";
import { LeadsModule } from "../../leads/leads.module.ts";
import { WebhooksModule } from "../../webhooks/webhooks.module.ts";
import { WorkModule } from "../../work/work.module.ts";
import { WriteBackModule } from "../../write-back/write-back.module.ts";
import { GateWork } from "./gate.work.ts";
import { GateClock } from "./gate-clock.work.ts";
import { GateSettingsPart } from "./gate-settings.ts";
import { GatesListener } from "./gates.listener.ts";
import { GatesView } from "./gates-view.service.ts";
import { HoldEnds } from "./hold-ends.ts";
import { HoldWrites } from "./hold-writes.ts";
import { Holds } from "./holds.service.ts";
import { MoveOutcomes } from "./move-outcomes.ts";
import { NativeLock } from "./native-lock.work.ts";
import { PipelineTemplate } from "./pipeline-template.work.ts";
import { UntoldMoves } from "./untold-moves.ts";

@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    GateClock,
    GateSettingsPart,
    GatesListener,
    GatesView,
    GateWork,
    HoldEnds,
    Holds,
    HoldWrites,
    MoveOutcomes,
    NativeLock,
    PipelineTemplate,
    UntoldMoves,
  ],
  exports: [GatesView, Holds, PipelineTemplate],
})
export class GatesModule {}
