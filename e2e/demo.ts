import { DemoFailure } from "./demo/failure.ts";
import { type Flags, readFlags, USAGE } from "./demo/flags.ts";
import { Interrupted, interruptionOf } from "./demo/interruption.ts";
import { readable } from "./demo/log.ts";
import { perform } from "./demo/perform.ts";
import { Stage } from "./demo/stage.ts";
import { paint, Terminal } from "./demo/terminal.ts";

/** `pnpm demo`: everything on one machine, with leads coming in. */
const terminal = new Terminal();

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags === "help") console.log(USAGE);
  else process.exitCode = await demo(flags);
} catch (error) {
  tellFailure(error);
  process.exitCode = 1;
}
process.exit();

async function demo(flags: Flags): Promise<number> {
  const stage = await Stage.for(flags);
  const interruption = interruptionOf(() => stage.kill());
  const whileAllIsWell = <T>(what: Promise<T>) => Promise.race([what, stage.broken, interruption]);
  let status: number | undefined;
  try {
    const performance = await whileAllIsWell(perform(stage, flags, terminal));
    status = performance.isVerified ? 0 : 1;
    if (!flags.exit) await whileAllIsWell(performance.stayOpen());
    return status;
  } catch (error) {
    // Ctrl-C is how a visit ends; before the summary it breaks something off.
    if (error instanceof Interrupted) return status ?? error.status;
    tellFailure(error);
    for (const line of stage.lastLogLines(8))
      console.error(paint("gray", `  ${readable(line).slice(0, terminal.width - 2)}`));
    return 1;
  } finally {
    terminal.close("stopping ...");
    await stage.stop();
    terminal.close("");
  }
}

function tellFailure(error: unknown) {
  terminal.progress("");
  console.error(error instanceof DemoFailure ? error.message : error);
}
