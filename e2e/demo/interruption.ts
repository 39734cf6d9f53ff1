const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Somebody wants the demo to end. */
export class Interrupted extends Error {
  readonly status: number;

  constructor(status: number) {
    super("interrupted");
    this.status = status;
  }
}

/** Rejects at the first signal; a second one does not wait for an orderly end: `kill` is called and the process exits. */
export function interruptionOf(kill: () => void): Promise<never> {
  const interruption = new Promise<never>((_, reject) => {
    for (const [signal, number] of Object.entries(SIGNALS)) {
      process.once(signal, () => {
        const status = 128 + number;
        process.on(signal, () => {
          kill();
          process.exit(status);
        });
        reject(new Interrupted(status));
      });
    }
  });
  interruption.catch(() => {});
  return interruption;
}
