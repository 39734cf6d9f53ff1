/** What a family of models accepts on Chat Completions; whatever it does not accept costs a 400. */
export interface ModelFamily {
  /** Gateways to other vendors' models know only `system`. */
  rulesRole: "developer" | "system";
  /** The lowest effort; null where the field is refused. Left out, newer models reason, which takes time and is billed. */
  effort: "none" | "minimal" | null;
  /** Whether `temperature` is accepted together with that effort. */
  temperature: boolean;
  /** Whether the end of a stable prefix can be marked; older models find it themselves. */
  cacheBreakpoints: boolean;
  /** Whether `store`, `prompt_cache_key` and `safety_identifier` are understood. */
  openAiFields: boolean;
}

const CLASSIC: ModelFamily = {
  rulesRole: "developer",
  effort: null,
  temperature: true,
  cacheBreakpoints: false,
  openAiFields: true,
};
const FIRST_REASONING: ModelFamily = { ...CLASSIC, effort: "minimal", temperature: false };
const REASONING: ModelFamily = { ...CLASSIC, effort: "none" };
const WITH_BREAKPOINTS: ModelFamily = { ...REASONING, cacheBreakpoints: true };
const UNKNOWN: ModelFamily = { ...CLASSIC, rulesRole: "system", temperature: false, openAiFields: false };

/**
 * The family of a model id, by its version: `gpt-4.1-mini`, `gpt-6-luna`, `ft:gpt-4.1-mini:org::id`. Other ids (other
 * vendors, freely named Azure deployments) get the plainest request; an Azure deployment named after its model gets it all.
 */
export function familyOf(model: string): ModelFamily {
  const version = /^(?:ft:)?gpt-(\d+)(?:\.(\d+))?(?![\d.])/.exec(model);
  if (!version) return UNKNOWN;
  const major = Number(version[1]);
  const minor = Number(version[2] ?? 0);
  if (major < 5) return CLASSIC;
  if (major > 5 || minor >= 6) return WITH_BREAKPOINTS;
  return minor === 0 ? FIRST_REASONING : REASONING;
}
