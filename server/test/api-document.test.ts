import { createConfig, lintFromString } from "@redocly/openapi-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unlimited } from "./account.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let published: string;
beforeAll(async () => {
  world = await startWorld(unlimited);
  const answer = await fetch(`${world.config.PUBLIC_URL}/api/openapi.json`);
  published = `${JSON.stringify(await answer.json(), null, 2)}\n`;
});
afterAll(() => world?.stop());

test("docs/openapi.json is what the server says of itself; `vitest -u` writes it anew", async () => {
  await expect(published).toMatchFileSnapshot("../../docs/openapi.json");
});

test("it follows the rules that OpenAPI's own tools recommend", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source: published, config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`)).toEqual(
    [],
  );
});
