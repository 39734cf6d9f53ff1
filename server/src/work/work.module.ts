import { Module } from "@nestjs/common";
import { QueueModule } from "../queue/queue.module.ts";
import { Slots } from "./slots.ts";
import { Work } from "./work.ts";

@Module({ imports: [QueueModule], providers: [Slots, Work], exports: [Work] })
export class WorkModule {}
