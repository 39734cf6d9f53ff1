import type { ChatRequest } from "../request/chat-request.ts";
import type { Part, Role } from "../request/messages.ts";
import { tokensOf } from "./tokens.ts";

/** What a message costs besides its text, and what primes the answer. */
const MESSAGE_OVERHEAD = 3;
const ANSWER_OVERHEAD = 3;

/** One run of text of the prompt, in the order in which the model reads it. */
export interface Piece {
  text: string;
  tokens: readonly number[];
  role: Role | "schema";
  breakpoint: Part["breakpoint"];
  endsMessage: boolean;
}

/** The schema is read first: it is part of what can be cached, and equal for all leads of an account. */
export function layOut({ schemaText, messages }: ChatRequest): Piece[] {
  const schema: Piece = {
    text: schemaText,
    tokens: tokensOf(schemaText),
    role: "schema",
    breakpoint: null,
    endsMessage: schemaText !== "",
  };
  const parts = messages.flatMap(({ role, parts }) =>
    parts.map(({ text, breakpoint }, index): Piece => {
      return { text, tokens: tokensOf(text), role, breakpoint, endsMessage: index === parts.length - 1 };
    }),
  );
  return [schema, ...parts];
}

export function sizeOf({ tokens, endsMessage }: Piece): number {
  return tokens.length + (endsMessage ? MESSAGE_OVERHEAD : 0);
}

export function promptTokens(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + sizeOf(piece), ANSWER_OVERHEAD);
}
