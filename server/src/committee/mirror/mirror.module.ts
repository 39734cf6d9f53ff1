import { Module } from "@nestjs/common";
import { InstallationModule } from "../../installation/installation.module.ts";
import { ContactFields } from "./contact-fields.ts";
import { StakeholderList } from "./stakeholder-list.ts";

@Module({
  imports: [InstallationModule],
  providers: [ContactFields, StakeholderList],
})
export class MirrorModule {}
