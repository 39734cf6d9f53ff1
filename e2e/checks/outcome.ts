/** What one runner of tests has to tell. */
export interface Outcome extends Counted {
  seconds: string;
}

export interface Counted {
  passed: number;
  failures: Failure[];
}

export interface Failure {
  /** Where the test stands, from the root; null for what is no test. */
  file: string | null;
  name: string;
  /** The error as the runner tells it. */
  said: string;
}

/** An error outside of any test fails the run without failing a test, and so does a report that was never written. */
export function outcome(ok: boolean, seconds: string, read: () => Counted): Outcome {
  try {
    const { passed, failures } = read();
    if (!ok && failures.length === 0) failures.push({ file: null, name: "outside of any test", said: "See above." });
    return { passed, failures, seconds };
  } catch (error) {
    return {
      passed: 0,
      failures: [{ file: null, name: "the report of the run", said: (error as Error).message }],
      seconds,
    };
  }
}

const LINES = 12;

/** Told again at the end, where whoever reads the last lines of a long run finds it. */
export function retell({ file, name, said }: Failure, mark = "✗"): string {
  const lines = said
    .trim()
    .split("\n")
    .filter((line) => !line.includes("node_modules"))
    .slice(0, LINES);
  return [`${mark} ${file === null ? name : `${file} › ${name}`}`, ...lines.map((line) => `    ${line}`)].join("\n");
}
