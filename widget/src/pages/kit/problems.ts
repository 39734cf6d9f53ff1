import type { InputIssue } from "@dealscope/shared/api-error";
import type { RefusedName } from "@dealscope/shared/engagement";
import { explain } from "../../api/explain.ts";
import { asProblem } from "../../api/problem.ts";
import type { Word, Words } from "../../i18n/words.ts";

/** Names of what can be entered here, by the last word of a value's path. */
const NAMES = {
  icp: "criteria.icp",
  name: "criteria.name",
  description: "criteria.description",
  weight: "criteria.weight",
  anchors: "criteria.anchors",
  criteria: "criteria.criteria",
  segments: "criteria.segments",
  segment: "field.segment",
  minScore: "criteria.from_score",
  outputLanguage: "criteria.language",
  model: "criteria.model",
  note: "criteria.note",
  domains: "rules.domains",
  emails: "rules.emails",
  phones: "rules.phones",
  words: "rules.words",
  pipelineIds: "triggers.pipelines",
  onStages: "triggers.stages",
  settleSeconds: "triggers.settle",
  text: "actions.task_text",
  minutes: "actions.task_minutes",
  userIds: "actions.users",
  userId: "actions.users",
  monthlyCapDollars: "spending.cap",
  createdFrom: "backfill.from",
  createdTo: "backfill.to",
  stages: "backfill.stages",
  leadId: "page.lead",
  rows: "agree.rows",
  search: "page.lead",
  leads: "page.lead",
  roles: "roles.title",
  probability: "roles.probability",
  silentDays: "silence.silent",
  standstillDays: "silence.standstill",
  weightFieldId: "mirror.weight",
  probabilityFieldId: "mirror.probability",
  pipelines: "tab.gates",
  pipelineId: "triggers.pipelines",
  statusId: "backfill.stages",
  minCoverage: "gates.coverage",
  requiredRoles: "role_list.requiredRoles",
  requiredApprovals: "role_list.requiredApprovals",
  wantedRoles: "role_list.wantedRoles",
  requiredFieldIds: "gates.fields",
  overrulerIds: "gates.overrulers",
  remindAfterHours: "clock.remind",
  escalateAfterHours: "clock.escalate",
  escalateToId: "clock.whom",
  moveTo: "actions.move",
  email: "intake.email",
  phone: "intake.phone",
  price: "report.value",
  tag: "intake.tag",
  country: "intake.country",
  siteId: "cio_keys.site",
  trackKey: "cio_keys.track",
  appKey: "cio_keys.app",
  signingKey: "cio_keys.signing",
  prefix: "cio_who.prefix",
  attribute: "cio_fields.attribute",
  fields: "cio_fields.title",
  fieldId: "cio_fields.field",
  optOutFieldId: "cio_who.opt_out",
  objectTypeId: "cio_events.objects",
  opens: "cio_effects.opens",
  hours: "cio_effects.hours",
  clickCounts: "cio_effects.click_counts",
  coolDownHours: "cio_effects.cool_down",
} as const satisfies Record<string, Word>;

type Name = keyof typeof NAMES;

/** Where a part of the settings calls its own otherwise than those before it do. */
const OF_PARTS: Record<string, Partial<Record<Name, Word>>> = {
  speaksFor: { roles: "cio_who.roles" },
  effects: { text: "cio_effects.text" },
  roles: { name: "roles.name", weight: "roles.weight" },
};

/** What a page calls the stage, role or the like that the path of a value leads into; undefined where it has no name. */
export type NameOfPlace = (path: string) => string | undefined;

/** As `explain`, in the words of the settings pages: names every wrong value and what is wrong with it. */
export function explainHere(error: unknown, words: Words, nameOf?: NameOfPlace): string {
  const { code, detail } = asProblem(error);
  if (code === "forbidden") return words.t("page.admins_only");
  if (code === "not_found") return words.t("page.gone");
  if (code !== "invalid_input" || !detail.issues?.length) return explain(error, words);
  const told = new Set(
    firstOfEach(detail.issues).map((issue) => words.t("input.named", { ...sayIssue(issue, words, nameOf) })),
  );
  return [...told].slice(0, 5).join(" ");
}

/** What is wrong with which value of a form, by path such as `criteria.0.weight`; said beside it, as a sentence of its own. */
export function mistakesOf(error: unknown, words: Words): Record<string, string> {
  const issues = firstOfEach(asProblem(error).detail.issues ?? []);
  const sentence = (text: string) => text.charAt(0).toLocaleUpperCase(words.language) + text.slice(1);
  return Object.fromEntries(issues.map((issue) => [issue.path, sentence(sayIssue(issue, words).problem)]));
}

/** Of a value with several mistakes the first: what comes after it often only follows from it. */
function firstOfEach(issues: readonly InputIssue[]): InputIssue[] {
  return issues.filter(({ path }, at) => issues.findIndex((issue) => issue.path === path) === at);
}

/** The value that an issue is about, as the pages call it. */
export function fieldOf(issue: InputIssue, words: Words): string {
  return sayIssue(issue, words).field;
}

function sayIssue(issue: InputIssue, words: Words, nameOf?: NameOfPlace): { field: string; problem: string } {
  const steps = issue.path.split(".").filter((step) => step !== "content" && step !== "settings");
  const name = steps.findLast((step) => Object.hasOwn(NAMES, step)) as Name | undefined;
  const place = steps.find((step) => /^\d+$/.test(step));
  const part = Object.keys(OF_PARTS).find((step) => steps.includes(step));
  const own = name && part ? OF_PARTS[part]?.[name] : undefined;
  const field = name ? words.t(own ?? NAMES[name]) : issue.path;
  return {
    field: place === undefined || steps.length < 2 ? field : `${field} (${nameOf?.(issue.path) || Number(place) + 1})`,
    problem: words.t(problemWord(issue, name), { limit: issue.limit ?? "" }),
  };
}

const NUMBERS: readonly string[] = [
  ...["weight", "minScore", "minutes", "settleSeconds", "monthlyCapDollars", "leadId"],
  ...["probability", "silentDays", "standstillDays", "minCoverage", "remindAfterHours", "escalateAfterHours"],
  ...["opens", "hours", "clickCounts", "coolDownHours"],
];

const REFERENCES: readonly string[] = [
  ...["pipelineId", "statusId", "requiredRoles", "requiredApprovals", "wantedRoles", "requiredFieldIds"],
  ...["overrulerIds", "escalateToId", "weightFieldId", "probabilityFieldId", "fieldId", "optOutFieldId"],
];

const REFUSED_NAMES: Record<RefusedName, Word> = {
  underscore: "input.underscore",
  characters: "input.characters",
  reserved: "input.reserved",
  dangerous: "input.dangerous",
  twice: "input.twice",
  own: "input.own",
  placeholder: "input.placeholder",
};

function problemWord({ code, limit }: InputIssue, name: string | undefined): Word {
  // Of texts and lists the least is one: there has to be something.
  if (code === "too_small") return limit === 1 && !NUMBERS.includes(name ?? "") ? "input.empty" : "input.too_small";
  if (code === "too_big") return "input.too_big";
  if (code !== undefined && isRefusedName(code)) return REFUSED_NAMES[code];
  // What the server alone can know; it tells with a sentence and no code.
  if (code === undefined && name === "moveTo") return "input.against_gates";
  if (code === undefined && name === "name") return "input.twice";
  if (code === undefined && name !== undefined && REFERENCES.includes(name)) return "input.gone";
  return "input.wrong";
}

function isRefusedName(code: string): code is RefusedName {
  return Object.hasOwn(REFUSED_NAMES, code);
}
