import { Module } from "@nestjs/common";
import { QueueModule } from "../queue/queue.module.ts";
import { Redrive } from "./redrive.ts";

@Module({ imports: [QueueModule], providers: [Redrive], exports: [Redrive] })
export class RedriveModule {}
