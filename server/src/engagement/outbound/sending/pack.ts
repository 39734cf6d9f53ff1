import type { Operation } from "../../../customerio/track-client.ts";

/** Customer.io speaks of 32 and 500 kB and does not say which. */
export const ITEM_BYTES = 32_000;
export const BATCH_BYTES = 500_000;
const ITEMS = 1_000;

const FRAME = Buffer.byteLength('{"batch":[]}');
const COMMA = 1;

export interface Packed<Row> {
  batch: Row[];
  /** Never fit, whatever they are sent with. */
  tooLarge: Row[];
}

/** As many of these, in their order, as one request may carry. */
export function pack<Row extends { operation: Operation }>(rows: readonly Row[]): Packed<Row> {
  const packed: Packed<Row> = { batch: [], tooLarge: [] };
  let size = FRAME;
  for (const row of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(row.operation));
    if (bytes > ITEM_BYTES) {
      packed.tooLarge.push(row);
      continue;
    }
    if (packed.batch.length === ITEMS || size + bytes + COMMA > BATCH_BYTES) break;
    size += bytes + COMMA;
    packed.batch.push(row);
  }
  return packed;
}
