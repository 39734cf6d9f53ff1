import { setTimeout as sleep } from "node:timers/promises";
import type { Control } from "../sandbox/kommo/control/control.ts";
import { type CallInquiry, type ChatInquiry, type FormInquiry, type Inquiry, type Person, titleOf } from "./inquiry.ts";

/** A lead in the sandbox that has come in by our doing. */
export interface Arrival {
  id: number;
  title: string;
  language: string;
  /** When something was last added to it; undefined while more is to come. */
  changedAt: number | undefined;
}

/** Lets the inquiries come in evenly over a time; `onLead` hears of each as soon as its card exists. */
export async function letThemCome(
  control: Control,
  account: number,
  inquiries: readonly Inquiry[],
  overMs: number,
  onLead: (arrival: Arrival) => void,
): Promise<void> {
  const start = Date.now();
  const filling: Promise<void>[] = [];
  for (const [index, inquiry] of inquiries.entries()) {
    const early = start + (overMs * index) / inquiries.length - Date.now();
    if (early > 0) await sleep(early);
    filling.push(letCome(control, account, inquiry, onLead));
  }
  await Promise.all(filling);
}

async function letCome(control: Control, account: number, inquiry: Inquiry, onLead: (arrival: Arrival) => void) {
  const steps = stepsOf(control, account, inquiry);
  const id = steps.first();
  const arrival: Arrival = { id, title: titleOf(inquiry), language: inquiry.language, changedAt: undefined };
  onLead(arrival);
  for (const step of steps.later) {
    await sleep(inquiry.laterMs);
    step();
  }
  arrival.changedAt = Date.now();
}

interface Steps {
  /** Makes the lead and answers its id. */
  first(): number;
  /** What comes to it afterwards. */
  later: (() => void)[];
}

function stepsOf(control: Control, account: number, inquiry: Inquiry): Steps {
  switch (inquiry.via) {
    case "form":
      return formSteps(control, account, inquiry);
    case "call":
      return callSteps(control, account, inquiry);
    case "chat":
      return chatSteps(control, account, inquiry);
  }
}

function formSteps(control: Control, account: number, { lead, person, company, text, laterMs }: FormInquiry): Steps {
  const card = { account, name: lead, contact: contactOf(person), fields: companyField(company) };
  if (laterMs === 0) return { first: () => control.leads.create({ ...card, note: text }).id, later: [] };
  let id = 0;
  return {
    first: () => {
      id = control.leads.create(card).id;
      return id;
    },
    later: [() => control.leads.addNote({ account, id, text })],
  };
}

function callSteps(control: Control, account: number, { person, company, price, text }: CallInquiry): Steps {
  let id = 0;
  return {
    first: () => {
      id = control.leads.create({ account }).id;
      return id;
    },
    later: [
      () => {
        control.leads.addContact({ account, id, is_main: true, ...contactOf(person) });
        control.leads.edit({ account, id, price, fields: companyField(company) });
        control.leads.addNote({ account, id, text });
      },
    ],
  };
}

function chatSteps(control: Control, account: number, { person, channel, texts }: ChatInquiry): Steps {
  let talk_id = 0;
  return {
    first: () => {
      const opened = control.chats.message({ account, name: person.name, origin: channel, text: texts[0]! });
      talk_id = opened.talk_id;
      return opened.lead_id!;
    },
    later: texts.slice(1).map((text) => () => control.chats.message({ account, talk_id, text })),
  };
}

function contactOf({ position, ...person }: Person) {
  return { ...person, fields: position ? { POSITION: position } : {} };
}

function companyField(company: string | null): Record<string, unknown> {
  return company ? { Company: company } : {};
}
