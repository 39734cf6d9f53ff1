/** What was looked at, how it is, and in one sentence what it is or what to do about it. */
export interface Finding {
  about: string;
  /** A fault keeps something from working; a warning will, or costs something. */
  state: "ok" | "warning" | "fault" | "skipped";
  says: string;
}

type Say = (says: string) => void;

/** Notes down findings about one thing. */
export interface Chart {
  ok: Say;
  warning: Say;
  fault: Say;
  skipped: Say;
}

/** Lets `look` note down what it finds. What it throws is a fault, too: the examination goes on with the next thing. */
export async function examined(about: string, look: (chart: Chart) => Promise<void>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const note = (state: Finding["state"]) => (says: string) => void findings.push({ about, state, says });
  const chart = { ok: note("ok"), warning: note("warning"), fault: note("fault"), skipped: note("skipped") };
  try {
    await look(chart);
  } catch (error) {
    chart.fault(asSentence((error as Error).message || String(error)));
  }
  return findings;
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
