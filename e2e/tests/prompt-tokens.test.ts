import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { expect, test } from "vitest";
import { modelInput } from "../../server/src/qualification/lead-text/model-input.ts";
import { answerSchema } from "../../server/src/qualification/prompt/answer-schema.ts";
import { DEFAULT_PROMPT } from "../../server/src/qualification/prompt/default-prompt.ts";
import { developerMessage } from "../../server/src/qualification/prompt/prompt.ts";
import { sampleLead } from "../../server/test/sample-lead.ts";

const tokens = (text: string) => encode(text).length;

/** Chat format: about four tokens around each of the two messages, three to start the answer. */
const FRAME = 11;

test("the prefix of the default rubric is long enough to be cached, and a short lead stays cheap", () => {
  const prefix = tokens(developerMessage(DEFAULT_PROMPT));
  const schema = tokens(JSON.stringify(answerSchema(DEFAULT_PROMPT)));
  const lead = tokens(modelInput(sampleLead()).message);
  const total = prefix + schema + lead + FRAME;
  console.info({ prefix, schema, lead, total });

  expect(prefix).toBeGreaterThanOrEqual(1024);
  expect(total).toBeLessThanOrEqual(1400);
});
