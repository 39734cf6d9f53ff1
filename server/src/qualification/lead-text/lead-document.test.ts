import { expect, test } from "vitest";
import { sampleLead } from "../../../test/sample-lead.ts";
import { DOCUMENT_LIMITS, leadDocument } from "./lead-document.ts";
import { unseenPart } from "./unseen.ts";

const message = (id: string, day: string, text: string) => ({
  id,
  at: `2026-11-${day}T08:00:00.000Z`,
  from: "client" as const,
  text,
});

test("the card has one line for each thing that is filled, and none for what is not", () => {
  const { card } = leadDocument(
    sampleLead({ price: 12000, source: null, tags: ["vip", "fair"], fields: [{ name: "Note", value: "  " }] }),
  );
  expect(card.map(({ text }) => text)).toEqual([
    "Lead: Request from the website",
    "Price: 12000 EUR",
    "Tags: fair, vip",
    "Contact: Marta Nowak, Head of Sales, m.nowak@balticfoods.example, +48 601 234 567",
    "Company: Baltic Foods",
  ]);
});

test("messages stand oldest first and know where they come from", () => {
  const { messages } = leadDocument(
    sampleLead({ messages: [message("b", "05", "later"), message("a", "04", "earlier")] }),
  );
  expect(messages).toEqual([
    { source: { kind: "message", ref: "a", at: "2026-11-04T08:00:00.000Z" }, from: "client", text: "earlier" },
    { source: { kind: "message", ref: "b", at: "2026-11-05T08:00:00.000Z" }, from: "client", text: "later" },
  ]);
});

test("equal leads give equal documents, in whatever order their parts were read", () => {
  const lead = sampleLead({
    fields: [
      { name: "B", value: "2" },
      { name: "A", value: "1" },
    ],
    messages: [message("1", "01", "one"), message("2", "02", "two")],
    missing: [unseenPart("chat_history"), unseenPart("before_connection", { to: "2026-11-01" })],
  });
  const reordered = {
    ...lead,
    fields: lead.fields.toReversed(),
    messages: lead.messages.toReversed(),
    missing: lead.missing.toReversed(),
  };
  expect(leadDocument(reordered)).toEqual(leadDocument(lead));
});

test("of a long conversation the newest messages stay, and the document says how many are left out", () => {
  const days = Array.from({ length: 9 }, (_, index) => message(`m${index}`, `0${index + 1}`, "x".repeat(2500)));
  const { messages, cut } = leadDocument(sampleLead({ messages: days }));
  expect(messages.map(({ source }) => source.ref)).toEqual(["m5", "m6", "m7", "m8"]);
  expect(cut).toEqual([unseenPart("older_messages", { count: 5 })]);
});

test("a long message is shortened, and the document says so", () => {
  const { messages, cut } = leadDocument(sampleLead({ messages: [message("m", "01", "word ".repeat(40_000))] }));
  expect(messages[0]?.text.length).toBeLessThanOrEqual(DOCUMENT_LIMITS.message);
  expect(cut).toEqual([unseenPart("message_ends", { count: 1 })]);
});

test("no lead makes a document longer than the limits", () => {
  const long = "offer ".repeat(30_000);
  const many = <T>(make: (index: number) => T) => Array.from({ length: 60 }, (_, index) => make(index));
  const { card, messages, notes } = leadDocument(
    sampleLead({
      name: long,
      fields: many((index) => ({ name: `Field ${index}`, value: long })),
      messages: many((index) => message(`m${index}`, "01", long)),
      notes: many((index) => ({ id: `n${index}`, at: "2026-11-01T08:00:00.000Z", text: long })),
    }),
  );
  const size = (texts: { text: string }[]) => texts.reduce((total, { text }) => total + text.length, 0);
  expect(size(card)).toBeLessThanOrEqual(DOCUMENT_LIMITS.card);
  expect(size(messages)).toBeLessThanOrEqual(DOCUMENT_LIMITS.messages);
  expect(size(notes)).toBeLessThanOrEqual(DOCUMENT_LIMITS.notes);
});
