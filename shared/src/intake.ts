import { z } from "zod";
import { InputIssue } from "./api-error.ts";

const id = z.int().positive();
const time = z.iso.datetime();

export const MOST_CONTACTS = 20;

const idOrNull = (what: string) => {
  const error = `${what} is named by its id, or null.`;
  return z.int(error).positive(error).nullable().default(null);
};

/** What becomes of what comes in by forms. */
export const IntakeSettings = z.object(
  {
    /** Where deals are made; null is the first pipeline. */
    pipelineId: idOrNull("The pipeline of forms"),
    /** A stage of that pipeline; null is its first one. */
    statusId: idOrNull("The stage of forms"),
    /** Null leaves it to Kommo. */
    responsibleUserId: idOrNull("The responsible user of forms"),
    /** Whoever has an open deal in the pipeline gets no second one: the new words are added to it. */
    extendOpenDeals: z.boolean("Whether open deals are extended is true or false.").default(false),
    /** Put on deals made by a form; empty is none. */
    tag: z
      .string("The tag of forms must be a text.")
      .trim()
      .max(60, "The tag of forms has at most 60 characters.")
      .default("form"),
    /** Of phone numbers that are written without a country code; null is the country of the Kommo account. */
    country: z
      .string("A country is a text.")
      .regex(/^[A-Z]{2}$/, "A country has two capital letters, such as DE.")
      .nullable()
      .default(null),
  },
  "The settings of forms must be an object.",
);
export type IntakeSettings = z.infer<typeof IntakeSettings>;

/** Whatever it looks like, it is a text and nothing else. */
const words = (what: string, most: number) =>
  z
    .string(`${what} must be a text.`)
    .trim()
    .max(most, `${what} has at most ${most.toLocaleString("en")} characters.`);

/** A text that may be left out or empty. */
const text = (what: string, most: number) => words(what, most).default("");

const NO_PRICE = "The price of a deal must be a number, such as 1200 or 99.90.";

/** A number, also as forms write it; an empty field is none. Other texts that JavaScript would take for numbers are mistakes. */
const price = z
  .union(
    [
      z.number(),
      z
        .string()
        .trim()
        .regex(/^-?\d{1,20}(?:\.\d{1,20})?$/)
        .transform(Number),
      z.literal("").transform(() => 0),
    ],
    NO_PRICE,
  )
  .pipe(
    z
      .number(NO_PRICE)
      .min(0, "The price of a deal must not be negative.")
      .max(1e12, "The price of a deal is too large."),
  )
  .default(0);

export const IntakeContact = z.object({
  name: text("The name of a contact", 250),
  email: text("An e-mail", 254).refine((email) => email === "" || /^[^\s@]+@[^\s@]+$/.test(email), {
    error: "This is not an e-mail address.",
  }),
  /** As people write it. What a page's form sends and cannot be read stands in the deal's note only. */
  phone: text("A phone number", 60),
  /**
   * What somebody is in his company, such as "Head of Sales"; written into the contact when it is made. Left out, it is
   * nothing: equal requests of before and after there were titles are equal.
   */
  title: words("A job title", 250).optional(),
  /** The key of one of the account's roles. */
  role: text("A role", 32),
});
export type IntakeContact = z.infer<typeof IntakeContact>;

/** What a form sends: JSON, or a form with names such as `contacts[0][email]`. What is not named here is left out. */
export const IntakeBody = z.object(
  {
    deal: z
      .object(
        {
          /** Empty takes the company's name, or the first contact's. */
          name: text("The name of a deal", 250),
          price,
        },
        "deal must have fields of its own, such as deal.name.",
      )
      .prefault({}),
    company: z
      .object({ name: text("The name of a company", 250) }, "company must have fields of its own: company.name.")
      .prefault({}),
    contacts: z
      .array(
        z.object(IntakeContact.shape, "A contact must have fields of its own, such as contacts.0.name."),
        "contacts must be a list.",
      )
      .max(
        MOST_CONTACTS,
        `At most ${MOST_CONTACTS} contacts can be sent in one request; send the others in a second one.`,
      )
      .default([]),
    /** What the person wants, in their words. */
    message: text("The message", 10_000),
    /** People do not see this field; whoever fills it in is a machine. */
    homepage: text("The field homepage", 2_000),
  },
  "The request must be an object.",
);
export type IntakeBody = z.infer<typeof IntakeBody>;

/** Two or more that may be the same, and were not merged by us: that is for a person to do. */
export const MergeProposal = z.object({
  id,
  entity: z.enum(["contact", "company"]),
  /**
   * The one that was taken: who is in the open deal that was extended, else the oldest, of contacts those with the e-mail before those
   * with the phone only. Whoever has another e-mail than the others was made anew.
   */
  keptId: id,
  otherIds: z.array(id),
  /** As Kommo last showed it; empty where we have never read it. */
  keptName: z.string(),
  /** In the order of `otherIds`. */
  otherNames: z.array(z.string()),
  /** The address or name they share. */
  shared: z.string(),
  sharedBy: z.enum(["email", "phone", "name"]),
  at: time,
});
export type MergeProposal = z.infer<typeof MergeProposal>;

/** What a request has led to in Kommo. */
const IntakeOutcome = z.object({
  leadId: id.nullable(),
  /** In the order of the request; null where Kommo took none. */
  contactIds: z.array(id.nullable()),
  /** An open deal was there already and got the new words. */
  isExtended: z.boolean(),
  mergeProposals: z.array(MergeProposal.pick({ entity: true, keptId: true, otherIds: true })),
});

/** What became of a request so far. The outcome is told to trusted keys only: it says who is a client already. */
export const IntakeReceipt = z.object({
  id: z.uuid(),
  /** `received`: it is kept and will be carried out. `failed`: nothing was made, `issues` say why. */
  status: z.enum(["received", "done", "failed"]),
  receivedAt: time,
  endedAt: time.nullable(),
  /** What Kommo did not take, by field of the request. */
  issues: z.array(InputIssue),
  ...IntakeOutcome.partial().shape,
});
export type IntakeReceipt = z.infer<typeof IntakeReceipt>;

export const NewIntakeKey = z.object(
  {
    name: z
      .string("The name of a key must be a text.")
      .trim()
      .min(1, "Give the key a name, such as the page of the form.")
      .max(60, "The name of a key has at most 60 characters."),
    /**
     * Used by the account's own servers and never in a web page: the roles it sends count at once, and its receipts tell what was
     * found and made. A key cannot become trusted later, because it may stand in a page already.
     */
    isTrusted: z.boolean("Whether a key is trusted is true or false.").default(false),
  },
  "The request must be an object.",
);
export type NewIntakeKey = z.infer<typeof NewIntakeKey>;

export const IntakeKey = z.object({
  id,
  name: z.string(),
  isTrusted: z.boolean(),
  /** Where its requests are sent. The key in it is no secret once it stands in a page; it can be exchanged or revoked. */
  url: z.string(),
  createdBy: z.string(),
  createdAt: time,
  rotatedAt: time.nullable(),
  /** The key before the last exchange still works until then. */
  formerUntil: time.nullable(),
});
export type IntakeKey = z.infer<typeof IntakeKey>;

export const MOST_INTAKE_KEYS = 20;
export const IntakeKeys = z.object({ keys: z.array(IntakeKey) });
export type IntakeKeys = z.infer<typeof IntakeKeys>;

/** A form to be put into a page. */
export const IntakeSnippet = z.object({ html: z.string() });
export type IntakeSnippet = z.infer<typeof IntakeSnippet>;

/** Newest first, at most 50. */
export const IntakeRequests = z.object({
  requests: z.array(
    IntakeReceipt.omit({ status: true }).extend({
      ...IntakeOutcome.shape,
      /** Of the key; also of one that is revoked. */
      keyName: z.string(),
      /** `spam`: the hidden field was filled in, nothing was kept. */
      status: z.enum(["received", "done", "failed", "spam"]),
      /** Why it is not done yet, in a sentence; null when nothing is in the way. */
      waitingFor: z.string().nullable(),
    }),
  ),
});
export type IntakeRequests = z.infer<typeof IntakeRequests>;

/** Newest first, without those that were merged or dismissed. */
export const MergeProposals = z.object({ proposals: z.array(MergeProposal) });
export type MergeProposals = z.infer<typeof MergeProposals>;
