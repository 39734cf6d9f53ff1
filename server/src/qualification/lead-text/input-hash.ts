import { createHash } from "node:crypto";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { countsMails, type Engagement, engagementLevel } from "../judging/engagement.ts";
import type { LeadDocument } from "./lead-document.ts";

/** Everything a verdict depends on. */
export interface JudgedBy {
  promptVersion: number;
  content: PromptVersionContent;
  /** Model id as configured, not as reported: the provider may report a dated name. */
  model: string;
  document: LeadDocument;
  engagement: Engagement;
}

/**
 * Equal hashes mean that the model would be asked the same again, and what is judged without it is at the same level. Hashed is the document (what the model is told), so
 * whatever is not in it cannot ask for a new verdict: our own fields, tags, notes and tasks, stage, responsible and
 * `updated_at`, which the reader leaves out of `LeadInput` or which `leadDocument` does not take.
 */
export const inputHash = ({ promptVersion, content, model, document, engagement }: JudgedBy): string =>
  sha256(
    canonicalJson({
      ...{ promptVersion, content: contentHash(content), model, document },
      ...(countsMails(content) ? { engagement: engagementLevel(engagement) } : {}),
    }),
  );

/** Tells two contents of one version number apart, as drafts and databases copied between machines have them. */
export const contentHash = (content: PromptVersionContent): string => sha256(canonicalJson(content));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** JSON with the keys of every object in order. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
