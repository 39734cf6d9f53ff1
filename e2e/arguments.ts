/** What was said to a command, without the `--` that `npm run` wants before it: pnpm hands that on as if it were said. */
export function withoutDashes(args: readonly string[]): string[] {
  return args.slice(args[0] === "--" ? 1 : 0);
}
