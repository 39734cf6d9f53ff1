import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { DEFAULT_ROLES, StageRule } from "@dealscope/shared/committee";
import { Lists } from "@dealscope/shared/lists";
import type { Settings } from "@dealscope/shared/settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

let world: World;
let account: TestAccount;
let admin: Browser;

beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  admin = await Browser.open(world, account.id, account.installed.adminId);
});
afterAll(() => world?.stop());

const SETTINGS = "/api/settings";

async function save(change: (settings: Settings) => void) {
  const { version, settings } = await admin.get(AccountSettings, SETTINGS);
  change(settings);
  return admin.ask(SETTINGS, { method: "PUT", body: { version, settings } });
}

async function issues(change: (settings: Settings) => void) {
  const answer = await save(change);
  expect(answer.status).toBe(400);
  return ApiError.parse(answer.body).error.issues;
}

const rule = (more: Partial<StageRule>) => StageRule.parse({ statusId: account.installed.statusIds[0], ...more });

const withRule = (settings: Settings, more: Partial<StageRule>) => {
  const whole = { pipelineId: account.installed.pipelineId, stages: [rule(more)] };
  settings.gates.pipelines = [whole as (typeof settings.gates.pipelines)[number]];
};

test("roles may be added and renamed, but not so that two cannot be told apart", async () => {
  const sponsor = { key: "sponsor", name: "Sponsor", weight: 40, probability: 40, decides: false, opposes: false };
  const answer = await save(({ committee }) => {
    committee.roles = [...DEFAULT_ROLES, sponsor];
    committee.roles[0] = { ...DEFAULT_ROLES[0]!, name: "Boss" };
  });
  expect(answer.status).toBe(200);
  expect(
    await issues(({ committee }) => {
      committee.roles = [sponsor, { ...sponsor, name: "Helper" }, { ...sponsor, key: "other", name: "SPONSOR" }];
    }),
  ).toEqual([
    { path: "settings.committee.roles.1.key", message: "Two roles have the key sponsor." },
    { path: "settings.committee.roles.2.name", message: "Two roles are called SPONSOR." },
  ]);
});

test("a rule must not ask for a role that the account does not have", async () => {
  const at = "settings.gates.pipelines.0.stages.0";
  expect(
    await issues((settings) => {
      withRule(settings, { requiredRoles: ["lawyer", "wizard"], requiredApprovals: ["witch"], wantedRoles: ["elf"] });
    }),
  ).toEqual([
    { path: `${at}.requiredRoles.1`, message: "A rule asks for the role wizard, which this account does not have." },
    { path: `${at}.requiredApprovals.0`, message: "A rule asks for the role witch, which this account does not have." },
    { path: `${at}.wantedRoles.0`, message: "A rule asks for the role elf, which this account does not have." },
  ]);
  // Nor may a role be taken away that a rule asks for.
  expect(
    (
      await save((settings) => {
        withRule(settings, { requiredRoles: ["lawyer"] });
      })
    ).status,
  ).toBe(200);
  expect(
    await issues(({ committee }) => {
      committee.roles = committee.roles.filter(({ key }) => key !== "lawyer");
    }),
  ).toMatchObject([{ path: `${at}.requiredRoles.0` }]);
});

test("fields that settings name must be there and hold what they are for", async () => {
  const { control } = account;
  const number = control.fields.create({ account: account.id, entity: "contacts", name: "Weight", type: "numeric" });
  const text = control.fields.create({ account: account.id, entity: "contacts", name: "Nickname", type: "text" });
  const lists = await admin.get(Lists, "/api/lists");
  expect(lists.contactFields).toContainEqual({ id: number.id, name: "Weight", type: "numeric", code: null });
  expect(lists.contactFields.some(({ code }) => code?.startsWith("DEALSCOPE_"))).toBe(false);
  expect(
    await issues((settings) => {
      settings.committee.weightFieldId = 99;
      settings.committee.probabilityFieldId = text.id;
    }),
  ).toEqual([
    { path: "settings.committee.weightFieldId", message: "There is no field 99 of contacts in this account." },
    { path: "settings.committee.probabilityFieldId", message: "The field Nickname does not hold numbers." },
  ]);
  const answer = await save((settings) => {
    settings.committee.weightFieldId = number.id;
  });
  expect(answer.status).toBe(200);
  expect(
    await issues(({ committee }) => {
      committee.probabilityFieldId = number.id;
    }),
  ).toMatchObject([{ path: "settings.committee.probabilityFieldId" }]);
});
