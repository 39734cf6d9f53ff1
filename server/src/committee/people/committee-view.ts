import type { CardHold, Committee, CommitteeMember, Objection, Role, SaidIn } from "@dealscope/shared/committee";
import type { Settings } from "@dealscope/shared/settings";
import type { Provisioned } from "../../installation/provisioning.ts";
import { coverage } from "../coverage.ts";
import { mayOverrule } from "../may-overrule.ts";
import type { CommitteeRow, HoldRow, MemberRow } from "./committee-rows.ts";
import { rolesAskedAt } from "./roles-asked.ts";
import { daysBetween, standstillOf } from "./standstill.ts";

export interface Scene {
  now: Date;
  lead: { pipelineId: number | null; statusId: number | null; createdAt: Date | null; isClosed: boolean };
  settings: Pick<Settings, "committee" | "gates">;
  /** What Kommo has, by the names that people know. */
  made: Pick<Provisioned, "pipelines" | "leadFields">;
  viewer: { userId: number; isAdmin: boolean };
}

type SeenMember = CommitteeMember & { silentSince: Date | null };

/** The committee as the card shows it, out of what the database knows. */
export function committeeOf(row: CommitteeRow, scene: Scene): Committee {
  const { settings, lead } = scene;
  const { roles, standstillDays } = settings.committee;
  const byKey = new Map(roles.map((role) => [role.key, role]));
  const members = row.members.map((member) => memberOf(member, row, byKey, scene));
  const isMember = ({ contactId }: { contactId: number }) => members.some((member) => member.contactId === contactId);
  const objections = row.objections.map(objectionOf).filter(isMember);
  const covered = coverageOf(rolesAskedOf(scene), members, roles);
  const standstill = lead.isClosed
    ? null
    : standstillOf({
        ...{ now: scene.now, standstillDays, members, objections },
        stageSince: dateOrNull(row.stage_since),
        missing: row.hold ? row.hold.missing.map((missing) => ({ missing, since: heldSince(row.hold!, missing) })) : [],
        fieldName: (id) => fieldName(scene.made, id),
        unplayed: covered?.missing ?? [],
        weightOf: new Map(roles.map(({ key, weight }) => [key, weight])),
      });
  return {
    roles: namedRoles(roles, members),
    members: members.map(({ silentSince: _, ...member }) => member),
    coverage: covered,
    marks: marksOf(members, byKey),
    objections,
    joining: row.joining.map(({ name, state, outcome }) => ({
      name: name ?? "",
      state: state === "dead" ? "stuck" : "waiting",
      why: state === "dead" ? outcome : null,
    })),
    hold: row.hold && holdOf(row.hold, scene),
    standstill,
  };
}

function memberOf(member: MemberRow, row: CommitteeRow, byKey: ReadonlyMap<string, Role>, scene: Scene): SeenMember {
  const { now, lead, settings } = scene;
  const lastTouchAt = dateOrNull(member.last_touch_at);
  // Who was never heard of has been silent since he is in the deal.
  const silentSince = lastTouchAt ?? dateOrNull(member.linked_at) ?? lead.createdAt;
  const suggested = row.suggestions.find(
    ({ contact_id, role }) => contact_id === member.contact_id && role !== member.role && byKey.has(role),
  );
  return {
    contactId: member.contact_id,
    name: member.name ?? "",
    isMain: member.is_main,
    role: member.role,
    approval: member.approval,
    approvalBy: member.approval_by,
    approvalAt: isoOrNull(member.approval_at),
    approvalNote: member.approval_note,
    ownWeight: member.weight,
    weight: member.weight ?? byKey.get(member.role ?? "")?.weight ?? 0,
    lastTouchAt: lastTouchAt?.toISOString() ?? null,
    isSilent: silentSince !== null && daysBetween(silentSince, now) >= settings.committee.silentDays,
    suggestion: suggested
      ? { id: suggested.id, role: suggested.role, quote: suggested.quote, saidIn: saidIn(suggested) }
      : null,
    silentSince,
  };
}

/** The account's roles; one that was removed while somebody plays it stays readable. */
function namedRoles(roles: readonly Role[], members: readonly CommitteeMember[]): Committee["roles"] {
  const known = roles.map(({ key, name, weight, decides, opposes }) => ({ key, name, weight, decides, opposes }));
  const played = new Set(members.flatMap(({ role }) => role ?? []));
  const removed = [...played].filter((key) => !roles.some((role) => role.key === key));
  return [...known, ...removed.map((key) => ({ key, name: key, weight: 0, decides: false, opposes: false }))];
}

function marksOf(members: readonly CommitteeMember[], byKey: ReadonlyMap<string, Role>): Committee["marks"] {
  const decides = members.some(({ role }) => byKey.get(role ?? "")?.decides);
  return [
    ...(members.length === 1 ? (["single_thread"] as const) : []),
    ...(decides ? [] : (["no_decision_maker"] as const)),
  ];
}

function coverageOf(
  asked: ReadonlySet<string>,
  members: readonly CommitteeMember[],
  roles: readonly Role[],
): Committee["coverage"] {
  const played = new Set(members.flatMap(({ role }) => role ?? []));
  const percent = coverage(asked, played, roles);
  return percent === null ? null : { percent, missing: [...asked].filter((role) => !played.has(role)) };
}

function rolesAskedOf({ lead, settings, made }: Scene): ReadonlySet<string> {
  const { pipelineId, statusId } = lead;
  if (pipelineId === null || statusId === null) return new Set();
  const rules = settings.gates.pipelines.find((pipeline) => pipeline.pipelineId === pipelineId);
  const order = made.pipelines.find(({ id }) => id === pipelineId)?.statuses.map(({ id }) => id) ?? [];
  return rolesAskedAt(rules, statusId, order);
}

function objectionOf(row: CommitteeRow["objections"][number]): Objection {
  return {
    id: row.id,
    contactId: row.contact_id,
    text: row.text,
    weight: row.weight,
    state: row.state,
    quote: row.quote,
    saidIn: row.said_kind && saidIn({ ...row, said_kind: row.said_kind }),
    since: new Date(row.since).toISOString(),
    answeredAt: isoOrNull(row.answered_at),
  };
}

function holdOf(hold: HoldRow, { settings, made, viewer }: Scene): CardHold {
  const wanted = { pipelineId: hold.wanted_pipeline_id, statusId: hold.wanted_status_id };
  const stages = made.pipelines.find(({ id }) => id === wanted.pipelineId)?.statuses;
  return {
    id: hold.id,
    // A stage that Kommo has not told of yet is called by its number.
    wanted: { ...wanted, name: stages?.find(({ id }) => id === wanted.statusId)?.name ?? String(wanted.statusId) },
    since: new Date(hold.since).toISOString(),
    missing: hold.missing,
    names: hold.missing.flatMap((one): CardHold["names"] => {
      if (one.kind === "field") return [{ kind: "field", id: one.fieldId, name: fieldName(made, one.fieldId) }];
      const stage = one.kind === "skipped" && stages?.find(({ id }) => id === one.statusId);
      return stage ? [{ kind: "stage", id: stage.id, name: stage.name }] : [];
    }),
    refusal: hold.refusal,
    overruledBy: hold.overruled_by,
    mayOverrule: mayOverrule(settings.gates, wanted.pipelineId, viewer),
  };
}

/** A field that Kommo has not told of yet is called by its number. */
function fieldName({ leadFields }: Scene["made"], fieldId: number): string {
  return leadFields?.find(({ id }) => id === fieldId)?.name ?? String(fieldId);
}

/** Each reason has a time of its own: somebody may have taken back an approval while the deal was held for another thing. */
function heldSince(hold: HoldRow, missing: HoldRow["missing"][number]): Date {
  const what = "role" in missing ? missing.role : missing.kind === "field" ? String(missing.fieldId) : "";
  const contactId = missing.kind === "approval" ? missing.contactId : null;
  const reason = hold.reasons.find(
    (one) => one.kind === missing.kind && one.what === what && one.contact_id === contactId,
  );
  return new Date(reason?.since ?? hold.since);
}

function saidIn(row: { said_kind: SaidIn["kind"]; said_id: string | null; said_at: string | null }): SaidIn {
  return { kind: row.said_kind, id: row.said_id, at: isoOrNull(row.said_at) };
}

function dateOrNull(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}

function isoOrNull(time: string | null): string | null {
  return dateOrNull(time)?.toISOString() ?? null;
}
