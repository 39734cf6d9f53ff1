import { type PromptVersionContent, SPAM } from "@dealscope/shared/qualification";

/** What a new account starts with: budget, authority, need, timeline and fit, for a seller to businesses. */
export const DEFAULT_PROMPT: PromptVersionContent = {
  icp:
    "We sell a product or service to companies. A good customer has a concrete problem we can solve, buys for its own " +
    "use, and can decide within a few months. Not a fit: job seekers, students, suppliers who want to sell to us, and " +
    "private persons without a business need.",
  criteria: [
    {
      key: "budget",
      name: "Budget",
      description: "Can and will they pay?",
      weight: 20,
      anchors: [
        "says there is no money, or wants it free",
        "far below any usual price",
        "price is the main worry",
        "accepts a usual price range",
        "names a realistic amount",
        "amount approved or payment offered",
      ],
    },
    {
      key: "authority",
      name: "Authority",
      description: "Does the person decide, or move those who do?",
      weight: 15,
      anchors: [
        "has no say",
        "collects information for others",
        "user or expert without a vote",
        "influences or prepares the decision",
        "heads the team that buys",
        "owner, director or named signatory",
      ],
    },
    {
      key: "need",
      name: "Need",
      description: "Is there a concrete problem that we solve?",
      weight: 25,
      anchors: [
        "needs something we do not do",
        "only curious",
        "vague interest",
        "clear topic, few details",
        "concrete problem or requirements",
        "urgent problem that costs them now",
      ],
    },
    {
      key: "timeline",
      name: "Timeline",
      description: "When do they want to start or buy?",
      weight: 20,
      anchors: [
        "says not now",
        "over a year away",
        "within a year",
        "within six months",
        "within three months",
        "within a month, or asks to start at once",
      ],
    },
    {
      key: "fit",
      name: "Fit",
      description: "How close are they to the ideal customer?",
      weight: 20,
      anchors: [
        "excluded by the ideal customer",
        "hardly fits",
        "some traits fit",
        "about half fits",
        "nearly all fits",
        "exactly the ideal customer",
      ],
    },
  ],
  segments: [
    { key: "hot", name: "Hot", minScore: 70 },
    { key: "warm", name: "Warm", minScore: 40 },
    { key: "cold", name: "Cold", minScore: 0 },
    { key: SPAM, name: "Spam", minScore: null },
  ],
  outputLanguage: "lead",
  model: null,
};
