import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

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
  const { bytes, length } = await readBytes(stream, atMost);
  return asText(bytes, length > atMost);
}

/** Reads a body to its end, and keeps of it little more than `atMost` bytes. */
export async function readBytes(
  stream: IncomingMessage,
  atMost: number,
  onChunk?: (chunk: Buffer) => void,
): Promise<{ bytes: Buffer; length: number }> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onChunk?.(chunk);
    if (length < atMost) kept.push(chunk);
    length += chunk.length;
  }
  return { bytes: Buffer.concat(kept), length };
}

export function asText(bytes: Buffer, cut: boolean): RawBody {
  const text = (cut ? bytes.subarray(0, KEEP_OF_TOO_LARGE) : bytes).toString("utf8").replaceAll("\0", "\uFFFD");
  return { text, cut };
}

/** Has bodies of whatever type they claim to be left to the route, which reads none before it knows who sends it. */
export function takeAnyBody(scope: FastifyInstance) {
  scope.removeAllContentTypeParsers();
  scope.addHook("onRequest", async ({ raw }) => {
    // Fastify answers 415 to what is no type at all, before any parser is asked.
    const type = raw.headers["content-type"];
    if (type !== undefined && !/^[\w.+-]+\/[\w.+-]+\s*(;|$)/.test(type)) delete raw.headers["content-type"];
  });
  scope.addContentTypeParser("*", async () => undefined);
}
