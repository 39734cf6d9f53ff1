import type { KommoSandbox } from "../../sandbox/kommo/start.ts";

export type Lead = Parameters<KommoSandbox["control"]["leads"]["create"]>[0];

/** Leads of which it is known how the stand-in for the model judges them. */
export const HOT: Lead = {
  name: "40 seats for Reyes SL",
  price: 48_000,
  contact: { name: "Ana Reyes", email: "ana@reyes.example", phone: "+34 600 111 222" },
  note: "We need 40 seats by March. The budget is approved and I decide. Call me today.",
};

export const WARM: Lead = {
  name: "Pricing for Harbor & Pine",
  contact: { name: "Olivia Grant", email: "olivia@harborpine.example" },
  note: "We are looking for a shared inbox for our store. What does it cost? My boss has to agree.",
};

/** It says nothing that anybody could judge by. */
export const VAGUE: Lead = {
  name: "Hello",
  contact: { name: "Luis Mora", email: "luis@mora.example" },
  note: "Hello, who are you?",
};
