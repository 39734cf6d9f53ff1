import { z } from "zod";
import { CustomerIoKeyRefused, CustomerIoRejected } from "./errors.ts";
import { readAs, send } from "./http.ts";

export type Region = "us" | "eu";

export interface TrackKeys {
  siteId: string;
  trackKey: string;
}

/** Where a vendor's API answers, by region. */
export type Origins = Readonly<Record<Region, string>>;

/** One operation of Track v2, as its documentation writes it. */
export type Operation = Record<string, unknown> & { type: "person" | "object"; action: string };

/** An item of a batch that was not taken, by its place in the batch. */
export interface RefusedItem {
  index: number;
  reason: string;
}

const region = z.object({ region: z.enum(["us", "eu"]), environment_id: z.number().int() });

/** Of a batch that was taken in parts: who is missing here was accepted. Words may be missing. */
const partly = z.object({
  errors: z
    .array(
      z.object({
        batch_index: z
          .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
          .nullable()
          .catch(null),
        reason: z.string().catch("refused"),
        field: z.string().catch(""),
        message: z.string().catch(""),
      }),
    )
    .nullish(),
});

export interface TrackOptions {
  origins: Origins;
  keys: TrackKeys;
  timeoutMs: number;
}

/**
 * Which region the workspace lives in, and its number. Either host is asked: one may not know workspaces of the other.
 * @throws CustomerIoKeyRefused when neither knows the keys
 */
export async function findRegion(options: TrackOptions): Promise<{ region: Region; environmentId: number }> {
  const refusals: Error[] = [];
  for (const host of ["us", "eu"] as const) {
    try {
      const url = `${options.origins[host]}/api/v1/accounts/region`;
      const authorization = basic(options.keys);
      const answer = await send({ method: "GET", url, authorization, timeoutMs: options.timeoutMs });
      const found = readAs(region, answer, "which region the workspace lives in");
      return { region: found.region, environmentId: found.environment_id };
    } catch (error) {
      if (!(error instanceof CustomerIoKeyRefused || error instanceof CustomerIoRejected)) throw error;
      refusals.push(error);
    }
  }
  throw refusals[0]!;
}

/** The Track API of one workspace. Knows nothing of whose it is, and tries nothing twice. */
export class TrackClient {
  constructor(
    private readonly origin: string,
    private readonly keys: TrackKeys,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Sends up to 500 kB of operations, in their order. Accepted means accepted: whether they are applied is told by nobody.
   * @returns those that were refused; the others were accepted
   * @throws CustomerIoRejected when the batch as such was not understood, and nothing of it was taken
   */
  async batch(operations: readonly Operation[]): Promise<RefusedItem[]> {
    const answer = await send({
      method: "POST",
      url: `${this.origin}/api/v2/batch`,
      authorization: basic(this.keys),
      body: { batch: operations },
      timeoutMs: this.timeoutMs,
    });
    const { errors } = readAs(partly, answer ?? {}, "a batch");
    return (errors ?? []).map(({ batch_index, reason, field, message }) => {
      const words = [field, message || reason].filter(Boolean).join(": ");
      const index = operations.length === 1 ? 0 : batch_index;
      if (index !== null && Number.isInteger(index) && index >= 0 && index < operations.length)
        return { index, reason: words };
      // Which one is meant shows when there are fewer of them.
      throw new CustomerIoRejected(`Customer.io refused an item of a batch without saying which: ${words}`, 207);
    });
  }
}

function basic({ siteId, trackKey }: TrackKeys): string {
  return `Basic ${Buffer.from(`${siteId}:${trackKey}`).toString("base64")}`;
}
