import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { readLeadChange, readNewLead } from "../api/lead-input.ts";
import { readPerson } from "../api/people.ts";
import { createLead, deleteLead, restoreLead, updateLead } from "../crm/leads.ts";
import { linkContact } from "../crm/linking.ts";
import { mergeLeads } from "../crm/merge.ts";
import { addNote } from "../crm/notes.ts";
import { createPerson } from "../crm/people.ts";
import { acceptedByMove, addUnsorted, incomingStage } from "../crm/unsorted.ts";
import type { Account } from "../state/account.ts";
import type { Person } from "../state/rows.ts";
import type { World } from "../world.ts";
import { type ByHand, byHand } from "./by-hand.ts";
import { findAccount, findLead, findUser, type InAccount } from "./find.ts";
import { leadState } from "./lead-state.ts";

interface PersonByHand extends ByHand {
  name?: string;
  phone?: string;
  email?: string;
}

interface LeadByHand extends InAccount, ByHand {
  name?: string;
  price?: number;
  status_id?: number;
  pipeline_id?: number;
  responsible_user_id?: number;
  /** Made with the lead, as its main contact. */
  contact?: PersonByHand;
  note?: string;
  source_id?: number;
  /** It came through a form and waits in the incoming stage. */
  unsorted?: boolean;
}

type Pointed = InAccount & { id: number };

/** What a person does in Kommo's interface; its hooks and events leave as for any other change. */
export function leadControl(world: World) {
  const create = (wish: LeadByHand) => {
    const account = findAccount(world, wish.account);
    const by = findUser(account, wish.user_id);
    const { unsorted, note, contact, source_id } = wish;
    const pipelineId = wish.pipeline_id ?? [...account.pipelines.values()][0]!.id;
    const stage = unsorted ? { pipeline_id: pipelineId, status_id: incomingStage(account, pipelineId) } : {};
    const input = readNewLead(account, { ...byHand(account, "leads", wish), ...stage });
    const lead = createLead(account, { ...input, source_id }, by);
    const link = (person: Person) => linkContact(account, lead.id, person.id, true, by);
    const person = contact && createContact(account, contact, by, unsorted === true, link);
    if (note)
      addNote(account, { entity_type: "leads", entity_id: lead.id, note_type: "common", params: { text: note } }, by);
    const origin = { category: "forms", source_name: "Website form", source_uid: crypto.randomUUID() } as const;
    if (unsorted) addUnsorted(account, { ...origin, lead_id: lead.id, contact_id: person?.id ?? null });
    return { id: lead.id, contact_id: person?.id ?? null };
  };

  const edit = ({ account: reference, user_id, id, ...change }: Pointed & Omit<LeadByHand, "contact" | "note">) => {
    const account = findAccount(world, reference);
    const lead = findLead(account, id);
    const by = findUser(account, user_id);
    updateLead(account, lead, readLeadChange(account, byHand(account, "leads", change), lead), by);
    acceptedByMove(account, lead, by);
    return leadState(account, lead);
  };

  return {
    create,

    /** `count` leads like `lead` (`{n}` in its name becomes a number), or the given ones, evenly over a time. */
    createMany: async (
      wish: InAccount & { count?: number; lead?: LeadByHand; leads?: LeadByHand[]; over_ms?: number },
    ) => {
      const { account, user_id, count = 0, lead = {}, over_ms = 0 } = wish;
      const numbered = (n: number) => ({ ...lead, name: (lead.name ?? "Lead {n}").replaceAll("{n}", String(n)) });
      const leads = wish.leads ?? Array.from({ length: count }, (_, index) => numbered(index + 1));
      const ids: number[] = [];
      const started = performance.now();
      for (const [index, one] of leads.entries()) {
        const early = (over_ms * index) / leads.length - (performance.now() - started);
        if (early > 5) await sleep(early);
        // Many at once must not keep the API from answering meanwhile.
        else if (index % 50 === 0) await immediate();
        ids.push(create({ account, user_id, ...one }).id);
      }
      return { ids };
    },

    edit,
    move: (wish: Pointed & { status_id: number; pipeline_id?: number }) => {
      const { pipeline_id } = findLead(findAccount(world, wish.account), wish.id);
      return edit({ pipeline_id, ...wish });
    },
    assign: (wish: Pointed & { responsible_user_id: number }) => edit(wish),

    remove: ({ account: reference, user_id, id }: Pointed) => {
      const account = findAccount(world, reference);
      deleteLead(account, findLead(account, id), findUser(account, user_id));
      return { id };
    },
    restore: ({ account: reference, user_id, id }: Pointed) => {
      const account = findAccount(world, reference);
      restoreLead(account, findLead(account, id), findUser(account, user_id));
      return { id };
    },
    /** `id` survives, the others are deleted. */
    merge: ({ account: reference, user_id, id, others }: Pointed & { others: number[] }) => {
      const account = findAccount(world, reference);
      const merged = others.map((other) => findLead(account, other));
      mergeLeads(account, findLead(account, id), merged, findUser(account, user_id));
      return { id };
    },
    addNote: ({ account: reference, user_id, id, text, note_type, params }: Pointed & NoteByHand) => {
      const account = findAccount(world, reference);
      const note = { entity_type: "leads", entity_id: findLead(account, id).id } as const;
      const written = { note_type: note_type ?? "common", params: params ?? { text } };
      return { id: addNote(account, { ...note, ...written }, findUser(account, user_id)).id };
    },
    addContact: ({
      account: reference,
      user_id,
      id,
      is_main,
      ...contact
    }: Pointed & PersonByHand & { is_main?: boolean }) => {
      const account = findAccount(world, reference);
      const by = findUser(account, user_id);
      const lead = findLead(account, id);
      return createContact(account, contact, by, false, (person) =>
        linkContact(account, lead.id, person.id, is_main, by),
      );
    },

    /** Everything that can be seen on these leads (all without `ids`), for checking what a client wrote. */
    read: ({ account: reference, ids }: { account?: number | string; ids?: number[] }) => {
      const account = findAccount(world, reference);
      const leads = ids ? ids.map((id) => findLead(account, id)) : [...account.leads.values()];
      return leads.map((lead) => leadState(account, lead));
    },
  };
}

interface NoteByHand {
  text?: string;
  note_type?: string;
  params?: Record<string, unknown>;
}

function createContact(
  account: Account,
  { phone, email, ...wish }: PersonByHand,
  by: number,
  is_unsorted: boolean,
  link: (person: Person) => void,
): { id: number } {
  const fields = { ...(phone ? { PHONE: phone } : {}), ...(email ? { EMAIL: email } : {}), ...wish.fields };
  const input = readPerson(account, "contacts", byHand(account, "contacts", { ...wish, fields }));
  const { id } = createPerson(account, "contacts", { ...input, is_unsorted }, by, link);
  return { id };
}
