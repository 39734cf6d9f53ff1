import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { PastWork } from "./past.work.ts";
import { Reports } from "./reports.ts";

@Module({ imports: [InstallationModule, WorkModule], providers: [PastWork, Reports], exports: [Reports] })
export class ReportingModule {}
