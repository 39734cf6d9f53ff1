/** As OpenAI's models count. Loaded at the first call only: the vocabulary takes tens of megabytes. */
export async function countTokens(text: string): Promise<number> {
  const { encode } = await import("gpt-tokenizer/encoding/o200k_base");
  // Marks such as <|endoftext|> are text here, as they are to the API.
  return encode(text, { disallowedSpecial: new Set() }).length;
}
