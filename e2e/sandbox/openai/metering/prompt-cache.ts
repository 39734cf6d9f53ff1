import { createHash } from "node:crypto";
import type { ChatRequest } from "../request/chat-request.ts";
import { type Piece, sizeOf } from "./prompt-layout.ts";
import { digest } from "./tokens.ts";

const LEAST_TOKENS = 1024;
const MOST_WRITTEN = 4;
const MOST_MATCHED = 80;
/** Older models cache in blocks and forget within minutes. */
const BLOCK = 128;
const AUTOMATIC_TTL_MS = 10 * 60_000;
const TTL_MS = { "30m": 30 * 60_000, "12h": 12 * 3_600_000 };

/** A beginning of a prompt that may be kept. */
interface Prefix {
  key: string;
  tokens: number;
  ttlMs: number;
}

/** What one call reads from the cache and, once it is answered, leaves there. */
export interface CacheUse {
  cachedTokens: number;
  writtenTokens: number;
  /** Calls that run at the same time do not see it before. */
  keep(now: number): void;
}

/** The cache of one organisation. */
export class PromptCache {
  readonly #expiry = new Map<string, number>();
  readonly #implicitFallback: boolean;

  /** @param implicitFallback whether implicit mode also re-reads a shared prefix that nobody marked; reports differ. */
  constructor(implicitFallback: boolean) {
    this.#implicitFallback = implicitFallback;
  }

  use(request: ChatRequest, pieces: readonly Piece[], now: number): CacheUse {
    const scope = `${request.model.id} ${request.cache.key}`;
    if (request.model.cache === "automatic") return this.#automatic(scope, pieces, now);
    const marked = this.#marked(scope, request.cache.mode, pieces, now);
    if (request.cache.mode === "explicit" || !this.#implicitFallback) return marked;
    const automatic = this.#automatic(scope, pieces, now);
    const cachedTokens = Math.max(marked.cachedTokens, automatic.cachedTokens);
    const end = marked.cachedTokens + marked.writtenTokens;
    return {
      cachedTokens,
      writtenTokens: Math.max(0, end - cachedTokens),
      keep: (later) => {
        marked.keep(later);
        automatic.keep(later);
      },
    };
  }

  clear(): void {
    this.#expiry.clear();
  }

  /** GPT-5.6 and later: a prefix is read when it ends at a breakpoint and was written before. */
  #marked(scope: string, mode: "implicit" | "explicit", pieces: readonly Piece[], now: number): CacheUse {
    const { explicit, implicit } = breakpoints(scope, pieces);
    const last = mode === "implicit" ? implicit : null;
    const long = (prefix: Prefix) => prefix.tokens >= LEAST_TOKENS;
    const hit = [...explicit.slice(-MOST_MATCHED), ...(last ? [last] : [])]
      .filter((prefix) => long(prefix) && this.#has(prefix, now))
      .reduce((longest, { tokens }) => Math.max(longest, tokens), 0);
    const writable = last ? [...explicit.slice(1 - MOST_WRITTEN), last] : explicit.slice(-MOST_WRITTEN);
    const kept = writable.filter(long);
    const end = kept.reduce((longest, { tokens }) => Math.max(longest, tokens), 0);
    return { cachedTokens: hit, writtenTokens: Math.max(0, end - hit), keep: (later) => this.#keep(kept, later) };
  }

  /** Older models: the longest prefix of whole blocks, free of charge. */
  #automatic(scope: string, pieces: readonly Piece[], now: number): CacheUse {
    const blocks = blocksOf(scope, pieces);
    const hit = blocks.findLast((block) => this.#has(block, now));
    return { cachedTokens: hit?.tokens ?? 0, writtenTokens: 0, keep: (later) => this.#keep(blocks, later) };
  }

  #has({ key }: Prefix, now: number): boolean {
    return (this.#expiry.get(key) ?? 0) > now;
  }

  /** Reading a prefix also lengthens its life. */
  #keep(prefixes: readonly Prefix[], now: number): void {
    if (this.#expiry.size > 50_000) {
      for (const [key, expiry] of this.#expiry) if (expiry <= now) this.#expiry.delete(key);
    }
    for (const { key, ttlMs } of prefixes) this.#expiry.set(key, now + ttlMs);
  }
}

function breakpoints(scope: string, pieces: readonly Piece[]): { explicit: Prefix[]; implicit: Prefix | null } {
  const explicit: Prefix[] = [];
  let implicit: Prefix | null = null;
  let key = scope;
  let tokens = 0;
  for (const piece of pieces) {
    key = digest(`${key}\n${piece.role}\n${piece.text}`);
    tokens += sizeOf(piece);
    if (piece.breakpoint) explicit.push({ key, tokens, ttlMs: TTL_MS[piece.breakpoint] });
    if (piece.endsMessage && (piece.role === "user" || piece.role === "tool")) {
      implicit = { key, tokens, ttlMs: TTL_MS["30m"] };
    }
  }
  return { explicit, implicit };
}

function blocksOf(scope: string, pieces: readonly Piece[]): Prefix[] {
  const all = pieces.flatMap(({ tokens }) => tokens);
  const blocks: Prefix[] = [];
  let key = scope;
  for (let end = BLOCK; end <= all.length; end += BLOCK) {
    const block = Uint32Array.from(all.slice(end - BLOCK, end));
    key = createHash("sha1").update(key).update(block).digest("base64");
    if (end >= LEAST_TOKENS) blocks.push({ key, tokens: end, ttlMs: AUTOMATIC_TTL_MS });
  }
  return blocks;
}
