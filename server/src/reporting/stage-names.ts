import type { BuyingStage, GateSettings } from "@dealscope/shared/committee";
import type { NamedStage } from "@dealscope/shared/reports";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Provisioned } from "../installation/provisioning.ts";

const keyOf = ({ pipelineId, statusId }: StageRef) => `${pipelineId}.${statusId}`;

/** An account's stages: what they are called, in which order they stand, and which part of a purchase they are. */
export class StageNames {
  private readonly known: Map<string, { name: string; place: number }>;
  private readonly parts: Map<string, BuyingStage>;

  constructor(pipelines: Provisioned["pipelines"], gates: GateSettings) {
    const stages = pipelines.flatMap(({ id, statuses }) =>
      statuses.map((status) => [keyOf({ pipelineId: id, statusId: status.id }), status.name] as const),
    );
    this.known = new Map(stages.map(([key, name], place) => [key, { name, place }]));
    this.parts = new Map(
      gates.pipelines.flatMap(({ pipelineId, stages }) =>
        stages.flatMap(({ statusId, buyingStage }) =>
          buyingStage ? [[keyOf({ pipelineId, statusId }), buyingStage] as const] : [],
        ),
      ),
    );
  }

  /** A stage that is gone from Kommo is shown by its number. */
  named({ pipelineId, statusId }: StageRef): NamedStage {
    const name = this.known.get(keyOf({ pipelineId, statusId }))?.name ?? `#${statusId}`;
    return { pipelineId, statusId, name };
  }

  buyingStage(stage: StageRef): BuyingStage | null {
    return this.parts.get(keyOf(stage)) ?? null;
  }

  /** The stages that are this part of the purchase; `other` is not asked for, it has no end. */
  of(buyingStage: BuyingStage): StageRef[] {
    return this.mapped().filter((stage) => this.buyingStage(stage) === buyingStage);
  }

  /** All stages that are some part of a purchase. */
  mapped(): StageRef[] {
    return [...this.parts.keys()].map((key) => {
      const [pipelineId, statusId] = key.split(".").map(Number);
      return { pipelineId: pipelineId!, statusId: statusId! };
    });
  }

  /** In Kommo's order; stages that are gone come last. */
  sorted<T extends StageRef>(rows: readonly T[]): T[] {
    const place = (row: StageRef) => this.known.get(keyOf(row))?.place ?? Number.MAX_SAFE_INTEGER;
    return rows.toSorted((a, b) => place(a) - place(b) || a.statusId - b.statusId);
  }
}
