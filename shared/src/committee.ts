import { z } from "zod";
import { StageRef } from "./stage-ref.ts";

const id = z.int().positive();
const time = z.iso.datetime();
const percent = z.int().min(0, "A percentage is at least 0.").max(100, "A percentage is at most 100.");

export const RoleKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, "The key of a role has lowercase letters, digits and underscores, 32 at most.");
export type RoleKey = z.infer<typeof RoleKey>;

/** A part that people play in a purchase. */
export const Role = z.object({
  key: RoleKey,
  name: z.string().trim().min(1, "A role needs a name.").max(60, "The name of a role has at most 60 characters."),
  /** How much this role counts in coverage and forecast. */
  weight: percent,
  /** How likely a deal with this role on board is won; for the field of Kommo that an admin maps. */
  probability: percent,
  /** Who plays it decides; a deal without such a person is marked. */
  decides: z.boolean().default(false),
  /** Who plays it is against the purchase. */
  opposes: z.boolean().default(false),
});
export type Role = z.infer<typeof Role>;

const role = (key: string, name: string, weight: number, probability: number, more: Partial<Role> = {}) =>
  ({ key, name, weight, probability, decides: false, opposes: false, ...more }) satisfies Role;

export const DEFAULT_ROLES: Role[] = [
  role("decision_maker", "Decision maker", 100, 70, { decides: true }),
  role("economic_buyer", "Economic buyer", 90, 60, { decides: true }),
  role("technical_evangelist", "Technical evangelist", 70, 50),
  role("influencer", "Influencer", 50, 40),
  role("user", "User", 30, 30),
  role("lawyer", "Lawyer", 60, 40),
  role("blocker", "Blocker", 80, 10, { opposes: true }),
];

/** Who may play what in the account's deals, and where of it Kommo is told. */
export const CommitteeSettings = z.object({
  roles: z.array(Role).min(1, "There must be at least one role.").max(20, "At most 20 roles.").default(DEFAULT_ROLES),
  /** Keep a list "Stakeholders" in Kommo, one element per deal and contact. */
  mirrorList: z.boolean().default(false),
  /** Numeric fields of contacts that show the weight and probability of the role; null leaves Kommo alone. */
  weightFieldId: id.nullable().default(null),
  probabilityFieldId: id.nullable().default(null),
  /** Somebody who has not been heard of for so long is silent. */
  silentDays: z.int().min(1).max(365, "At most a year of silence can be set.").default(14),
  /** A deal that has not moved for so long stands still. */
  standstillDays: z.int().min(1).max(365, "At most a year of standstill can be set.").default(21),
});
export type CommitteeSettings = z.infer<typeof CommitteeSettings>;

/** What a purchase goes through, whatever the stages of a pipeline are called. */
export const BUYING_STAGES = [
  "decision_maker_qualification",
  "technical_validation",
  "budget_approval",
  "legal_review",
  "signing",
] as const;
export const BuyingStage = z.enum(BUYING_STAGES);
export type BuyingStage = z.infer<typeof BuyingStage>;

const roleKeys = z.array(RoleKey).max(20, "At most 20 roles can be named.").default([]);

/** What must be so before a deal may enter a stage. Won (142) and lost (143) are stages like others. */
export const StageRule = z.object({
  statusId: id,
  /** Which part of the purchase this stage is; several stages may be the same. */
  buyingStage: BuyingStage.nullable().default(null),
  /** Somebody must play each of these. */
  requiredRoles: roleKeys,
  /** Everybody who plays one of these must have approved, and somebody must play it. */
  requiredApprovals: roleKeys,
  /** What coverage is counted over, besides the roles above. */
  wantedRoles: roleKeys,
  /** Coverage that is needed, in percent; null asks for none. */
  minCoverage: percent.nullable().default(null),
  /** Fields of the lead that must not be empty. */
  requiredFieldIds: z.array(id).max(40, "At most 40 fields can be required.").default([]),
});
export type StageRule = z.infer<typeof StageRule>;

/** The rules of one pipeline. A pipeline that is not named has none. */
export const PipelineGates = z.object({
  pipelineId: id,
  /** Switched off, a pipeline keeps its buying stages for reports and holds nothing. */
  isOn: z.boolean().default(true),
  stages: z.array(StageRule).max(100, "A pipeline has at most 100 stages.").default([]),
  /** Stages are entered one after the other. */
  noSkipping: z.boolean().default(false),
  noMovingBack: z.boolean().default(false),
  /** Who may overrule, besides administrators. */
  overrulerIds: z.array(id).max(50, "At most 50 people can overrule.").default([]),
  /** Also make the required fields obligatory in Kommo itself, where the plan allows. */
  nativeLock: z.boolean().default(false),
});
export type PipelineGates = z.infer<typeof PipelineGates>;

/** The clock of approvals that hold a deal. */
export const ApprovalClock = z.object({
  /** Hours until the responsible user is reminded; null never. */
  remindAfterHours: z.int().min(1).max(720, "A reminder comes after 30 days at the latest.").nullable().default(24),
  /** Hours until somebody else is told; null never. */
  escalateAfterHours: z
    .int()
    .min(1)
    .max(2_160, "An escalation comes after 90 days at the latest.")
    .nullable()
    .default(72),
  /** Who is told; null takes an administrator. */
  escalateToId: id.nullable().default(null),
});
export type ApprovalClock = z.infer<typeof ApprovalClock>;

export const GateSettings = z.object({
  pipelines: z.array(PipelineGates).max(50, "At most 50 pipelines can have rules.").default([]),
  clock: ApprovalClock.prefault({}),
});
export type GateSettings = z.infer<typeof GateSettings>;

export const Approval = z.enum(["pending", "approved", "rejected"]);
export type Approval = z.infer<typeof Approval>;

/** One thing that keeps a deal from a stage. */
export const Missing = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("role"), role: RoleKey }),
  /** `contactId` null: nobody plays the role yet. */
  z.object({ kind: z.literal("approval"), role: RoleKey, contactId: id.nullable(), approval: Approval }),
  z.object({ kind: z.literal("coverage"), has: percent, needs: percent }),
  z.object({ kind: z.literal("field"), fieldId: id }),
  z.object({ kind: z.literal("skipped"), statusId: id }),
  z.object({ kind: z.literal("moved_back") }),
]);
export type Missing = z.infer<typeof Missing>;

/** Where words of a suggestion stand. */
export const SaidIn = z.object({
  /** A field is the contact's own that shows the role: somebody has changed it in Kommo. */
  kind: z.enum(["title", "message", "note", "field", "form"]),
  /** The message's or note's id, or the form's receipt; null for a title or field. */
  id: z.string().nullable(),
  at: time.nullable(),
});
export type SaidIn = z.infer<typeof SaidIn>;

/** Somebody of the deal's committee, as the card shows him. */
export const CommitteeMember = z.object({
  contactId: id,
  name: z.string(),
  isMain: z.boolean(),
  role: RoleKey.nullable(),
  approval: Approval,
  approvalBy: z.string().nullable(),
  approvalAt: time.nullable(),
  approvalNote: z.string(),
  /** His own, else his role's; 0 without a role. */
  weight: percent,
  /** What somebody has said he weighs in this deal; null where his role's weight counts. */
  ownWeight: percent.nullable(),
  lastTouchAt: time.nullable(),
  isSilent: z.boolean(),
  /** A role that his title, his words or an edit in Kommo speak for; never set without a person. */
  suggestion: z.object({ id, role: RoleKey, quote: z.string(), saidIn: SaidIn }).nullable(),
});
export type CommitteeMember = z.infer<typeof CommitteeMember>;

export const Objection = z.object({
  id,
  contactId: id,
  text: z.string(),
  weight: percent,
  /** `suggested` until a rep has confirmed it. */
  state: z.enum(["suggested", "open", "answered"]),
  quote: z.string().nullable(),
  saidIn: SaidIn.nullable(),
  since: time,
  answeredAt: time.nullable(),
});
export type Objection = z.infer<typeof Objection>;

/** A deal that may not go on yet. */
export const CardHold = z.object({
  id,
  wanted: StageRef.extend({ name: z.string() }),
  since: time,
  missing: z.array(Missing),
  /** What the fields and stages of `missing` are called. */
  names: z.array(z.object({ kind: z.enum(["field", "stage"]), id, name: z.string() })),
  /** What Kommo has said to our move of the deal, which is asked for again; null while it refuses none. */
  refusal: z.string().nullable(),
  /** Who has let the deal through, which is on its way then; null while nobody has. */
  overruledBy: z.string().nullable(),
  mayOverrule: z.boolean(),
});
export type CardHold = z.infer<typeof CardHold>;

/** What has kept the deal where it is, in the order of who weighs most. */
export const Standstill = z.object({
  days: z.int(),
  because: z.array(
    z.object({
      kind: z.enum(["approval", "role", "objection", "silence", "field"]),
      contactId: id.nullable(),
      role: RoleKey.nullable(),
      /** The objection, or what is missing; empty where the kind says it all. */
      text: z.string(),
      days: z.int(),
    }),
  ),
});
export type Standstill = z.infer<typeof Standstill>;

/** The committee panel of the deal card. */
export const Committee = z.object({
  roles: z.array(
    z.object({ key: RoleKey, name: z.string(), weight: percent, decides: z.boolean(), opposes: z.boolean() }),
  ),
  members: z.array(CommitteeMember),
  /** Of the roles that the deal's stage, or the next one with a rule, asks for; null where none asks. */
  coverage: z.object({ percent, missing: z.array(RoleKey) }).nullable(),
  marks: z.array(z.enum(["single_thread", "no_decision_maker"])),
  objections: z.array(Objection),
  /** Who was added here and is not linked in Kommo yet; `stuck` when Kommo has refused it, `why` in a sentence. */
  joining: z.array(z.object({ name: z.string(), state: z.enum(["waiting", "stuck"]), why: z.string().nullable() })),
  hold: CardHold.nullable(),
  standstill: Standstill.nullable(),
});
export type Committee = z.infer<typeof Committee>;

const note = z.string().trim().max(1_000, "A note has at most 1000 characters.");
const objectionText = z
  .string()
  .trim()
  .min(1, "Say in a few words what is objected to.")
  .max(500, "An objection has at most 500 characters.");

/** What is changed about a member; what is left out stays. Null takes a role away, or lets the role's weight count again. */
export const MemberChange = z
  .object({ role: RoleKey.nullable().optional(), weight: percent.nullable().optional() })
  .refine(({ role, weight }) => role !== undefined || weight !== undefined, "Name the role or the weight to change.");
export type MemberChange = z.infer<typeof MemberChange>;

export const ApprovalWish = z.object({ approval: Approval, note: note.default("") });
export type ApprovalWish = z.infer<typeof ApprovalWish>;

export const SuggestionAnswer = z.object({ answer: z.enum(["take", "dismiss"]) });
export type SuggestionAnswer = z.infer<typeof SuggestionAnswer>;

export const NewObjection = z.object({ contactId: id, text: objectionText, weight: percent.default(50) });
export type NewObjection = z.infer<typeof NewObjection>;

/** `open` confirms a suggested objection, or opens an answered one again. */
export const ObjectionChange = z.object({
  state: z.enum(["open", "answered", "dismissed"]),
  text: objectionText.optional(),
  weight: percent.optional(),
});
export type ObjectionChange = z.infer<typeof ObjectionChange>;

/** A contact of the account that may be added to the deal. */
export const FoundContact = z.object({
  id,
  name: z.string(),
  title: z.string(),
  emails: z.array(z.string()),
  phones: z.array(z.string()),
  isInDeal: z.boolean(),
});
export type FoundContact = z.infer<typeof FoundContact>;

export const FoundContacts = z.object({ contacts: z.array(FoundContact).max(20) });
export type FoundContacts = z.infer<typeof FoundContacts>;

/** Somebody to add to the deal: a contact that was found, or a person to look for and, if nobody is found, to make. */
export const NewMember = z
  .object({
    contactId: id.optional(),
    name: z.string().trim().min(1, "A contact needs a name.").max(200, "A name has at most 200 characters.").optional(),
    email: z.string().trim().max(200, "An e-mail address has at most 200 characters.").optional(),
    phone: z.string().trim().max(60, "A phone number has at most 60 characters.").optional(),
    role: RoleKey.nullable().default(null),
  })
  .refine(({ contactId, name }) => (contactId === undefined) !== (name === undefined), {
    message: "Name either a contact that is there, or the name of a new one.",
    path: ["name"],
  });
export type NewMember = z.infer<typeof NewMember>;
