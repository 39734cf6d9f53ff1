import { DEFAULT_ROLES } from "@dealscope/shared/committee";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { CommitteeInKommo } from "./mirror-kit.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let kommo: CommitteeInKommo;

beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
  kommo = new CommitteeInKommo(account);
});
afterAll(() => world?.stop());
afterEach(() => account.control.faults.clear());

const ours = async (home: string) => (await kommo.fields(home)).filter(({ code }) => code?.startsWith("DEALSCOPE_"));
const roleField = async () => (await ours("contacts")).find(({ code }) => code === "DEALSCOPE_ROLE")!;
const optionsOf = (field: { enums: { value: string }[] }) => field.enums.map(({ value }) => value);

test("installing makes a select of all roles and a reference of contacts, and no list", async () => {
  expect((await ours("contacts")).map(({ code, name }) => [code, name])).toEqual([
    ["DEALSCOPE_ROLE", "Role in the purchase"],
    ["DEALSCOPE_REFERENCE", "Dealscope reference"],
  ]);
  expect(optionsOf(await roleField())).toEqual(DEFAULT_ROLES.map(({ name }) => name));
  expect(await kommo.list()).toBeUndefined();
});

test("a new role becomes an option, a renamed one keeps its own, and a removed one stays in Kommo", async () => {
  const before = (await roleField()).enums;
  const [first, second, ...others] = DEFAULT_ROLES;
  const roles = [{ ...first!, name: "Boss" }, ...others, { ...second!, key: "sponsor", name: "Sponsor" }];
  await account.set({ committee: { roles } });
  await kommo.provision();
  const after = (await roleField()).enums;
  expect(after.find(({ id }) => id === before[0]!.id)?.value).toBe("Boss");
  expect(optionsOf({ enums: after })).toEqual(["Boss", ...DEFAULT_ROLES.slice(1).map(({ name }) => name), "Sponsor"]);
  const { roles: ids } = await kommo.provisioned();
  expect(Object.keys(ids).toSorted()).toEqual(roles.map(({ key }) => key).toSorted());
  expect(ids.sponsor).toBe(after.at(-1)!.id);
});

test("a field or an option that an admin has deleted is made again, and nothing is made twice", async () => {
  await account.set({});
  const field = await roleField();
  account.control.fields.remove({ account: account.id, entity: "contacts", id: field.id });
  await kommo.provision();
  const again = await roleField();
  expect(again.id).not.toBe(field.id);
  await kommo.ask("PATCH", `contacts/custom_fields/${again.id}`, { enums: again.enums.slice(1) });
  await kommo.provision();
  expect(optionsOf(await roleField()).toSorted()).toEqual(DEFAULT_ROLES.map(({ name }) => name).toSorted());
  const made = await ours("contacts");
  await kommo.provision();
  expect(await ours("contacts")).toEqual(made);
});

test("a mapped number that is not there, or is none, is told of", async () => {
  const [text] = (await kommo.ask("POST", "contacts/custom_fields", [{ name: "Words", type: "text" }]))._embedded
    .custom_fields;
  await account.set({ committee: { weightFieldId: text.id, probabilityFieldId: 1 } });
  await kommo.provision();
  const { problems, contactFields } = await kommo.provisioned();
  expect(problems).toEqual([expect.stringContaining(`field ${text.id}`), expect.stringContaining("field 1 ")]);
  expect(Object.keys(contactFields)).toEqual(["role", "reference"]);
});

test("the list is made when it is wanted, with its fields, and found again by its id when it was renamed", async () => {
  await account.set({ committee: { mirrorList: true } });
  await kommo.provision();
  const list = (await kommo.list())!;
  expect(list.can_link_multiple).toBe(false);
  expect((await ours(`catalogs/${list.id}`)).map(({ code }) => code)).toEqual([
    "DEALSCOPE_ROLE",
    "DEALSCOPE_APPROVAL",
    "DEALSCOPE_LAST_TOUCH",
    "DEALSCOPE_REFERENCE",
  ]);
  await kommo.ask("PATCH", `catalogs/${list.id}`, { name: "Who decides" });
  await kommo.provision();
  expect(await kommo.list()).toBeUndefined();
  expect((await kommo.provisioned()).list?.id).toBe(list.id);
  await kommo.ask("PATCH", `catalogs/${list.id}`, { name: "Stakeholders" });
});

test("switched off and on again, the list is found by its name", async () => {
  const list = await kommo.list();
  await account.set({});
  await kommo.provision();
  expect((await kommo.provisioned()).list).toBeNull();
  await account.set({ committee: { mirrorList: true } });
  await kommo.provision();
  expect((await kommo.provisioned()).list?.id).toBe(list!.id);
});

test("provisioning that fails in the middle of the list goes on where it stopped", async () => {
  const other = await installAccount(world, { committee: { mirrorList: true } });
  const there = new CommitteeInKommo(other);
  account.control.faults.add({
    match: { method: "POST", path: "/api/v4/catalogs/:id/custom_fields" },
    times: 1,
    effect: { kind: "answer", status: 500 },
  });
  await there.provision();
  expect(await there.list()).toBeDefined();
  expect(other.calls("POST /api/v4/catalogs")).toBe(1);
  expect((await there.provisioned()).list).not.toBeNull();
});

test("with ten lists in the account there is a sentence for the admin and no eleventh", async () => {
  const full = await installAccount(world, { committee: { mirrorList: true } });
  const there = new CommitteeInKommo(full);
  for (let n = 0; n < 10; n++) await there.ask("POST", "catalogs", [{ name: `List ${n}` }]);
  await there.provision();
  const { problems, list, contactFields } = await there.provisioned();
  expect(problems).toEqual([expect.stringContaining("There are 10 lists in this account")]);
  expect(list).toBeNull();
  expect(Object.keys(contactFields)).toEqual(["role", "reference"]);
});
