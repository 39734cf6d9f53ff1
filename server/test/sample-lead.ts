import type { LeadInput } from "../src/qualification/lead-text/lead-input.ts";

/** A short, promising lead, for tests and for measuring prompts. All of it is invented. */
export const sampleLead = (changed: Partial<LeadInput> = {}): LeadInput => ({
  id: 501,
  name: "Request from the website",
  source: "Website",
  price: 0,
  currency: "EUR",
  createdAt: "2026-11-03T09:12:00.000Z",
  tags: [],
  fields: [{ name: "Team size", value: "25" }],
  contacts: [
    {
      name: "Marta Nowak",
      position: "Head of Sales",
      emails: ["m.nowak@balticfoods.example"],
      phones: ["+48 601 234 567"],
    },
  ],
  companies: ["Baltic Foods"],
  messages: [
    {
      id: "m1",
      at: "2026-11-03T09:12:00.000Z",
      from: "client",
      text:
        "Hello, we lose inquiries from WhatsApp and need a CRM for 25 people before January. " +
        "Budget is about 12 000 EUR a year. Can you show it this week?",
    },
  ],
  notes: [],
  missing: [],
  ...changed,
});
