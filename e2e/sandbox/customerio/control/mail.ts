import { z } from "zod";
import { action } from "../../control-routes.ts";
import { addMailing } from "../state/mailings.ts";
import type { Message } from "../state/messages.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";
import { findCampaign, findPerson, findWorkspace, inWorkspace, NotThere, whom } from "./find.ts";

const parent = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const act = inWorkspace.extend({
  delivery_id: z.string(),
  /** Unix seconds at which it happened; now if left out. */
  at: z.int().optional(),
});

/** Mails that campaigns send. */
export function mailControl(world: World) {
  return {
    /**
     * Of a campaign, as if `event` had started it (by the id it was sent with, or by the service's own); or of whatever
     * `parent` names.
     */
    send: action(
      whom.extend({
        subject: z.string().optional(),
        campaign: z.int().default(7),
        event: z.string().optional(),
        parent: parent.optional(),
      }),
      ({ subject, campaign: id, event: eventId, parent, ...who }) => {
        const workspace = findWorkspace(world, who);
        const person = findPerson(workspace, who);
        const campaign = findCampaign(workspace, id);
        if (parent)
          return shown(world.mailer.send(workspace, person, { subject: subject ?? campaign.subject, parent }));
        const event = eventId === undefined ? undefined : workspace.events.find(person, eventId);
        if (eventId !== undefined && !event) throw new NotThere(`This person has no event ${eventId}.`);
        return shown(world.mailer.sendOf(workspace, person, campaign, event, subject));
      },
    ),
    /**
     * To everybody who has an address and wants mail, spread over so many seconds of the clock; machines open each of them
     * two seconds later.
     */
    newsletter: action(
      inWorkspace.extend({
        name: z.string().default("News"),
        subject: z.string().default("Our news"),
        over_seconds: z.number().min(0).default(0),
      }),
      ({ name, subject, over_seconds, ...where }) => {
        const workspace = findWorkspace(world, where);
        const { id: newsletter_id } = addMailing(workspace.mailings.newsletters, { name, subject });
        return {
          newsletter_id,
          recipients: world.mailer.newsletter(workspace, { subject, newsletter_id, over_seconds }),
        };
      },
    ),
  };
}

function shown({ deliveryId }: Message) {
  return { delivery_id: deliveryId };
}

/** What a recipient, or his machine, does with a mail. */
export function recipientControl(world: World) {
  const read = ({ at = world.clock.seconds(), delivery_id, ...where }: z.output<typeof act>) => {
    const workspace = findWorkspace(world, where);
    const message = workspace.messages.find(delivery_id);
    if (!message) throw new NotThere(`There is no delivery ${delivery_id}.`);
    return { workspace, message, at };
  };
  const click = (workspace: Workspace, message: Message, at: number, link: Record<string, unknown>) => {
    if (message.metrics.opened === undefined) {
      world.reporter.email(workspace, message, "opened", at, { synthetic: true });
    }
    world.reporter.email(workspace, message, "clicked", at, link);
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
        click(workspace, message, at, { href, link_id, machine });
      },
    ),
    /** As a scanner does: every link of the mail within its first second. One that passes unseen is not marked. */
    scan: action(
      act.extend({ links: z.int().min(1).max(50).default(3), machine: z.boolean().optional() }),
      ({ links, machine, ...wish }) => {
        const { workspace, message, at } = read(wish);
        for (let link_id = 1; link_id <= links; link_id++) {
          click(workspace, message, at, { href: `https://shop.test/link-${link_id}`, link_id, machine });
        }
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
