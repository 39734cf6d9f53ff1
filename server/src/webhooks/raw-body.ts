import type { IncomingMessage } from "node:http";

export interface RawBody {
  text: string;
  /** The body went on beyond what is read; `text` is only its beginning. */
  cut: boolean;
}

const READ_AT_MOST = 2 * 1024 * 1024;
const KEEP_OF_TOO_LARGE = 64 * 1024;

/**
 * Reads a body to its end. One over 2 MB is read on (Kommo would count a closed connection as a failure) but only its
 * first 64 kB are kept; `atMost` is another measure than 2 MB. NUL characters, which PostgreSQL cannot store, are replaced.
 */
export async function readRawBody(stream: IncomingMessage, atMost = READ_AT_MOST): Promise<RawBody> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (length < atMost) kept.push(chunk);
    length += chunk.length;
  }
  const cut = length > atMost;
  const bytes = Buffer.concat(kept);
  const text = (cut ? bytes.subarray(0, KEEP_OF_TOO_LARGE) : bytes).toString("utf8").replaceAll("\0", "\uFFFD");
  return { text, cut };
}
