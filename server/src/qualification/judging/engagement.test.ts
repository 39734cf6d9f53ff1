import type { Criterion, PromptVersionContent } from "@dealscope/shared/qualification";
import { PromptVersionContent as Content } from "@dealscope/shared/qualification";
import { expect, test } from "vitest";
import { sampleLead } from "../../../test/sample-lead.ts";
import { inputHash } from "../lead-text/input-hash.ts";
import type { LeadInput } from "../lead-text/lead-input.ts";
import { modelInput } from "../lead-text/model-input.ts";
import { answerSchema } from "../prompt/answer-schema.ts";
import { DEFAULT_PROMPT } from "../prompt/default-prompt.ts";
import { developerMessage } from "../prompt/prompt.ts";
import { engagementLevel } from "./engagement.ts";
import { judge } from "./judge.ts";

const MAILS: Criterion = {
  ...{ key: "mails", name: "Reads our mails", description: "What its people do with our mails", weight: 20 },
  anchors: ["none", "one", "two", "three", "five", "eight"],
  judgedBy: "engagement",
};
const WITH_MAILS: PromptVersionContent = {
  ...DEFAULT_PROMPT,
  criteria: [...DEFAULT_PROMPT.criteria.slice(0, 4), MAILS],
};
const WITHOUT: PromptVersionContent = { ...DEFAULT_PROMPT, criteria: DEFAULT_PROMPT.criteria.slice(0, 4) };

test.each([
  [{ mails: 0, opens: 0, clicks: 0 }, null],
  [{ mails: 2, opens: 0, clicks: 0 }, 0],
  [{ mails: 2, opens: 1, clicks: 0 }, 1],
  [{ mails: 2, opens: 2, clicks: 0 }, 2],
  [{ mails: 2, opens: 0, clicks: 1 }, 3],
  [{ mails: 2, opens: 2, clicks: 1 }, 4],
  [{ mails: 2, opens: 40, clicks: 0 }, 5],
])("%j is level %s", (engagement, level) => {
  expect(engagementLevel(engagement)).toBe(level);
});

/** An answer with level 4 for every criterion that the model is asked about. */
function verdictOf(content: PromptVersionContent, lead: Partial<LeadInput>) {
  const input = modelInput(sampleLead(lead));
  const quotes = input.passages.map(({ text }) => text);
  const asked = Object.keys(answerSchema(content).properties!.criteria!.properties!);
  const answer = {
    criteria: Object.fromEntries(asked.map((key, place) => [key, { quote: quotes[place % quotes.length], level: 3 }])),
    ...{ segment: "warm", next_action: "Call", summary: "Wants a roof", question: null },
  };
  const judged = judge(JSON.stringify(answer), { content, promptVersion: 1, model: "m", input });
  if (!judged.ok) throw new Error(judged.detail);
  return judged.verdict;
}

const READS = { mails: 3, opens: 9, clicks: 2 };

test("mails raise the score by the criterion that is about them, and nowhere else", () => {
  const [silent, read] = [{}, { engagement: READS }].map((lead) => verdictOf(WITH_MAILS, lead));
  expect(read!.score!).toBeGreaterThan(silent!.score!);
  expect(read!.criteria.at(-1)).toEqual({
    ...{ key: "mails", level: 5, source: null },
    quote: "Mails in 30 days: 3. Opened: 9. Clicked: 2.",
  });
  expect(read!.criteria.slice(0, -1)).toEqual(silent!.criteria.slice(0, -1));
  expect(verdictOf(WITHOUT, { engagement: READS })).toEqual(verdictOf(WITHOUT, {}));
});

test("the model is neither asked about mails nor told of them", () => {
  expect(developerMessage(WITH_MAILS)).toBe(developerMessage(WITHOUT));
  expect(answerSchema(WITH_MAILS)).toEqual(answerSchema(WITHOUT));
  expect(modelInput(sampleLead({ engagement: READS })).message).toBe(modelInput(sampleLead({})).message);
});

test("a lead that was sent no mails is judged all the same", () => {
  const heavy = { ...WITH_MAILS, criteria: [...WITHOUT.criteria, { ...MAILS, weight: 100 }] };
  expect(verdictOf(heavy, {}).status).toBe("qualified");
});

test("only another level asks for another verdict, and only where mails count", () => {
  const hash = (content: PromptVersionContent, opens: number) => {
    const { document, engagement } = modelInput(sampleLead({ engagement: { mails: 1, opens, clicks: 0 } }));
    return inputHash({ promptVersion: 1, content, model: "m", document, engagement });
  };
  expect(hash(WITH_MAILS, 3)).toBe(hash(WITH_MAILS, 4));
  expect(hash(WITH_MAILS, 5)).not.toBe(hash(WITH_MAILS, 4));
  expect(hash(WITHOUT, 5)).toBe(hash(WITHOUT, 0));
});

test("a rubric of nothing but mails is refused", () => {
  const two = [MAILS, { ...MAILS, key: "again" }, ...DEFAULT_PROMPT.criteria.slice(0, 1)];
  const messages = Content.safeParse({ ...DEFAULT_PROMPT, criteria: two }).error?.issues.map(({ message }) => message);
  expect(messages).toEqual([
    "Only one criterion can be about what is done with mails.",
    "At least 2 criteria must be about the lead's own words.",
  ]);
});
