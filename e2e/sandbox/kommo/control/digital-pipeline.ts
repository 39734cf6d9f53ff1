import type { StageAction } from "../hooks/digital-pipeline.ts";
import type { World } from "../world.ts";
import { findAccount, type InAccount } from "./find.ts";

/** The Digital Pipeline as an administrator sets it up. */
export function digitalPipelineControl(world: World) {
  return {
    /** Puts an action of a widget on a stage, with what its settings screen has kept. */
    put: ({ account, user_id: _, ...action }: InAccount & StageAction) =>
      world.digitalPipeline.put(findAccount(world, account), action),
    list: ({ account }: InAccount) => world.digitalPipeline.of(findAccount(world, account)),
    clear: ({ account }: InAccount) => {
      world.digitalPipeline.clear(findAccount(world, account));
      return {};
    },
  };
}
