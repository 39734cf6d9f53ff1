import { z } from "zod";
import type { Message } from "../state/messages.ts";
import type { World } from "../world.ts";
import { action } from "./action.ts";
import { findPerson, findWorkspace, inWorkspace, NotThere, whom } from "./find.ts";

const parent = z
  .record(z.string(), z.union([z.string(), z.number(), z.null()]))
  .default({ campaign_id: 7, action_id: 42 });
const mail = { subject: z.string().default("Your quote"), parent };
const act = inWorkspace.extend({
  delivery_id: z.string(),
  /** Unix seconds at which it happened; now if left out. */
  at: z.int().optional(),
});

/** Mails that campaigns send. */
export function mailControl(world: World) {
  return {
    send: action(whom.extend(mail), ({ subject, parent, ...who }) => {
      const workspace = findWorkspace(world, who);
      return send(
        world,
        workspace.messages.create(findPerson(workspace, who), subject, parent, world.clock.seconds()),
        who,
      );
    }),
    /** To everybody who has an address and is subscribed; machines open each within seconds. */
    newsletter: action(inWorkspace.extend(mail), ({ subject, parent, ...where }) => {
      const workspace = findWorkspace(world, where);
      const readers = workspace.people.all().filter(({ address, unsubscribed }) => address && !unsubscribed);
      return readers.map((person) => {
        const message = workspace.messages.create(person, subject, parent, world.clock.seconds());
        const sent = send(world, message, where);
        world.reporter.email(workspace, message, "opened", world.clock.seconds(), { prefetched: true, proxied: true });
        return sent;
      });
    }),
  };
}

function send(world: World, message: Message, where: z.output<typeof inWorkspace>) {
  const workspace = findWorkspace(world, where);
  for (const metric of ["sent", "delivered"] as const) {
    world.reporter.email(workspace, message, metric, world.clock.seconds());
  }
  return { delivery_id: message.deliveryId };
}

/** What a recipient, or his machine, does with a mail. */
export function recipientControl(world: World) {
  const read = ({ at = world.clock.seconds(), delivery_id, ...where }: z.output<typeof act>) => {
    const workspace = findWorkspace(world, where);
    const message = workspace.messages.find(delivery_id);
    if (!message) throw new NotThere(`There is no delivery ${delivery_id}.`);
    return { workspace, message, at };
  };
  const fail = (metric: "bounced" | "dropped" | "failed" | "undeliverable" | "attempted") =>
    action(
      act.extend({ failure_message: z.string().default("550 no such mailbox") }),
      ({ failure_message, ...wish }) => {
        const { workspace, message, at } = read(wish);
        world.reporter.email(workspace, message, metric, at, { failure_message });
      },
    );
  const plainly = (metric: "spammed" | "converted" | "drafted") =>
    action(act, (wish) => {
      const { workspace, message, at } = read(wish);
      world.reporter.email(workspace, message, metric, at);
    });
  return {
    /** Without flags, as a person does; `proxied` alone is an open through a proxy of images. */
    open: action(act.extend({ proxied: z.boolean().optional() }), ({ proxied, ...wish }) => {
      const { workspace, message, at } = read(wish);
      world.reporter.email(workspace, message, "opened", at, { proxied });
    }),
    machineOpen: action(act, (wish) => {
      const { workspace, message, at } = read(wish);
      world.reporter.email(workspace, message, "opened", at, { proxied: true, prefetched: true });
    }),
    /** A click on a mail that was not opened makes an open that nobody saw. `machine` is left out by scanners that pass unseen. */
    click: action(
      act.extend({
        href: z.string().default("https://shop.test/pricing"),
        link_id: z.int().default(1),
        machine: z.boolean().optional(),
      }),
      ({ href, link_id, machine, ...wish }) => {
        const { workspace, message, at } = read(wish);
        if (message.metrics.opened === undefined) {
          world.reporter.email(workspace, message, "opened", at, { synthetic: true });
        }
        world.reporter.email(workspace, message, "clicked", at, { href, link_id, machine });
      },
    ),
    /** Twice told: of the message, and of the person. */
    unsubscribe: action(act, (wish) => {
      const { workspace, message, at } = read(wish);
      world.unsubscribe(workspace, message, at);
    }),
    bounce: fail("bounced"),
    drop: fail("dropped"),
    fail: fail("failed"),
    attempt: fail("attempted"),
    undeliverable: fail("undeliverable"),
    spam: plainly("spammed"),
    convert: plainly("converted"),
    draft: plainly("drafted"),
  };
}
