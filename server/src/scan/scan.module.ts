import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { ScanWork } from "./scan.work.ts";

@Module({ imports: [InstallationModule, WebhooksModule, WorkModule], providers: [ScanWork] })
export class ScanModule {}
