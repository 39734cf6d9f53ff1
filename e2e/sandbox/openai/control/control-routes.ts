import { z } from "zod";
import { jsonReply, type Reply } from "../reply.ts";
import type { OpenAiControl } from "./control.ts";
import { SCENARIO_NAMES } from "./scenarios.ts";

const Scenario = z.strictObject({
  name: z.enum(SCENARIO_NAMES),
  times: z.int().positive().optional(),
  containing: z.string().optional(),
  ms: z.int().nonnegative().optional(),
});
const Scenarios = z.union([Scenario.transform((one) => [one]), z.array(Scenario)]);
const Settings = z.strictObject({
  latencyMs: z.int().nonnegative().optional(),
  concurrency: z.int().positive().nullable().optional(),
  gullible: z.boolean().optional(),
});
const Time = z.strictObject({ frozen: z.boolean().optional(), advanceMs: z.int().optional() });
const OrganisationChange = z.strictObject({
  keys: z.array(z.string()).optional(),
  models: z.array(z.string()).optional(),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  creditMicroDollars: z.number().nullable().optional(),
});
const Filter = z.strictObject({
  containing: z.string().optional(),
  status: z.coerce.number().optional(),
  scenario: z.string().optional(),
  limit: z.coerce.number().optional(),
});

/** The control plane over HTTP, as README.md beside this file describes it. */
export function controlReply(control: OpenAiControl, method: string, url: URL, body: unknown): Reply {
  const [, , what = "", name = ""] = url.pathname.split("/");
  try {
    const result = act(
      control,
      `${method} ${what}`,
      decodeURIComponent(name),
      body,
      Object.fromEntries(url.searchParams),
    );
    if (result === undefined) return jsonReply(404, { error: `No ${method} ${url.pathname} here; see the README.` });
    return jsonReply(200, result);
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply(400, { error: z.prettifyError(error) });
    throw error;
  }
}

function act(
  control: OpenAiControl,
  route: string,
  name: string,
  body: unknown,
  query: Record<string, string>,
): unknown {
  switch (route) {
    case "GET ":
      return control.status;
    case "POST scenarios":
      control.queue(...Scenarios.parse(body));
      return control.status.scenarios;
    case "DELETE scenarios":
      control.clearQueue();
      return [];
    case "PUT settings":
      control.set(Settings.parse(body));
      return control.status.settings;
    case "POST clock": {
      const { frozen, advanceMs } = Time.parse(body);
      if (frozen === true) control.freeze();
      if (frozen === false) control.resume();
      if (advanceMs !== undefined) control.advance(advanceMs);
      return control.status.clock;
    }
    case "PUT organisations":
      return name === "" ? undefined : control.changeOrganisation(name, OrganisationChange.parse(body));
    case "GET calls":
      return control.calls(Filter.parse(query));
    case "GET totals":
      return control.totals(Filter.parse(query));
    case "POST reset":
      control.reset();
      return control.status;
  }
  return undefined;
}
