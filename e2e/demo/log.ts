const LEVELS: Record<number, string> = { 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };

/** A line of the server's log as a person would want to read it. */
export function readable(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const time = new Date(entry.time).toTimeString().slice(0, 8);
  return [time, LEVELS[entry.level] ?? "", entry.context ?? "", entry.msg].filter((word) => word !== "").join(" ");
}

function parse(line: string): { time: number; level: number; context?: string; msg: string } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
