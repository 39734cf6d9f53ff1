import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { BiLogins } from "./bi-logins.ts";
import { Exports } from "./exports.ts";
import { PastWork } from "./past.work.ts";
import { Reports } from "./reports.ts";

@Module({
  imports: [InstallationModule, WorkModule],
  providers: [BiLogins, Exports, PastWork, Reports],
  exports: [BiLogins, Exports, Reports],
})
export class ReportingModule {}
