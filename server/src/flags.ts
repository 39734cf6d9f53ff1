import { type ParseArgsConfig, parseArgs } from "node:util";

/** A flag that does not exist, or is given wrongly; with the usage. */
export class UnknownFlag extends Error {}

/**
 * The flags of a command.
 * @throws UnknownFlag: one that is misspelt must not be passed over
 */
export function readFlags<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  options: Options,
  usage: string,
) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UnknownFlag(`${(error as Error).message.split(". ")[0]}.\n\n${usage}`);
  }
}
