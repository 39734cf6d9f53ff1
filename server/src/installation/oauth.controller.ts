import { createHmac, randomBytes } from "node:crypto";
import { Controller, Get, Header, Query, Req, Res } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "../http/network-of.ts";
import { hostOfReferer } from "../kommo/hosts.ts";
import { isSameBytes } from "../same-bytes.ts";
import { type Callback, Callbacks, TooManyCallbacks, USED } from "./callbacks.ts";
import { Installations } from "./installations.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { OAuthState } from "./oauth-state.ts";

/** As it comes: a parameter that is given twice is a list. */
type Given<Names extends string> = { [name in Names]?: unknown };

type CallbackQuery = Given<"code" | "referer" | "referrer" | "state" | "client_id" | "from_widget" | "error">;
type RevokedQuery = Given<"client_uuid" | "account_id" | "signature">;

/** Kommo's servers call from few addresses, for all who install. */
const PER_ADDRESS = { points: 120, duration: 60 };
const AT_ALL = { points: 600, duration: 60 };
/** Whom we have let ask: whatever strangers send does not keep him waiting, and nobody presses the button more often. */
const ASKED_BY_ACCOUNT = { points: 20, duration: 60 };

/** What Kommo's own servers and consent window call. */
@ApiExcludeController()
@Controller("oauth/kommo")
export class OAuthController {
  private readonly ofAddress = new RateLimiterMemory(PER_ADDRESS);
  private readonly ofAll = new RateLimiterMemory(AT_ALL);
  private readonly ofAccount = new RateLimiterMemory(ASKED_BY_ACCOUNT);

  constructor(
    private readonly callbacks: Callbacks,
    private readonly installations: Installations,
    private readonly settings: KommoSettings,
    private readonly state: OAuthState,
  ) {}

  @Get("callback")
  @Header("content-type", "text/html; charset=utf-8")
  async callback(@Query() query: CallbackQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (!this.settings.hasIntegration) return show(reply, 404, false, NO_INTEGRATION);
    if (query.error) return show(reply, 200, false, "The connection was declined in Kommo. Nothing was changed.");
    const host = hostOfReferer(textOf(query.referer) || textOf(query.referrer));
    const code = textOf(query.code);
    const refuse = (message: string) => show(reply, 400, false, message);
    if (!code) return refuse("Kommo sent no authorisation code, or more than one. Please start again.");
    if (query.client_id !== this.settings.integration.clientId) return refuse("This code is for another integration.");
    // Before the client secret goes anywhere: the host is a text that anybody can write into a link.
    if (!this.settings.allows(host)) return refuse("The code does not come from a Kommo account.");

    const fromWidget = query.from_widget !== undefined;
    const askedBy = fromWidget ? undefined : this.state.read(textOf(query.state));
    if (!fromWidget && !askedBy)
      return refuse("This window has been open for too long, or was not opened from Dealscope. Please start again.");
    if (askedBy && !(await this.state.spend(askedBy))) return refuse(USED);
    const id = await this.keep({ code, host, fromWidget, askedBy }, request.ip);
    if (id === undefined) return show(reply, 503, false, TOO_MANY);
    if (fromWidget) {
      this.callbacks.wake();
      return show(reply, 200, true, "Dealscope is being connected.");
    }
    const { connected, message } = await this.callbacks.settle(id);
    return show(reply, 200, connected, message);
  }

  /** Resolves to nothing when there are too many of them. */
  private async keep(callback: Callback, address: string): Promise<number | undefined> {
    try {
      if (callback.askedBy) await this.ofAccount.consume(callback.askedBy.accountId);
      else {
        await this.ofAddress.consume(networkOf(address));
        await this.ofAll.consume("all");
      }
      return await this.callbacks.keep(callback);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes || refusal instanceof TooManyCallbacks) return undefined;
      throw refusal;
    }
  }

  /** Signed, but replayable for ever: the signature only earns a look whether the token still works, later. */
  @Get("revoked")
  async revoked(@Query() query: RevokedQuery, @Res() reply: FastifyReply) {
    if (!this.settings.hasIntegration) return reply.code(404).send({ message: NO_INTEGRATION });
    const { integration } = this.settings;
    const accountId = textOf(query.account_id);
    const genuine = integration.clientSecrets.some((secret) => {
      const expected = createHmac("sha256", secret).update(`${query.client_uuid}|${accountId}`).digest();
      const given = Buffer.from(textOf(query.signature), "hex");
      return isSameBytes(expected, given);
    });
    if (query.client_uuid !== integration.clientId || !genuine || !/^\d{1,15}$/.test(accountId)) {
      return reply.code(403).send();
    }
    await this.installations.probeSoon(Number(accountId));
    return reply.code(200).send();
  }
}

const NO_INTEGRATION =
  "This server is not set up for connecting accounts this way. Whoever runs it has to set KOMMO_CLIENT_ID and KOMMO_CLIENT_SECRETS.";

const TOO_MANY = "Too many connections are being made at this moment. Wait a few minutes, then start again in Kommo.";

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A page that tells the opener how it went and closes itself; all text of ours. Nothing else in it would be run. */
function show(reply: FastifyReply, status: number, connected: boolean, message: string) {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-ancestors 'none'`;
  return reply
    .code(status)
    .header("content-security-policy", policy)
    .send(page(connected, message, nonce));
}

function page(connected: boolean, message: string, nonce: string): string {
  const told = JSON.stringify({ source: "dealscope", connected });
  return `<!doctype html><meta charset="utf-8"><title>Dealscope</title>
<style nonce="${nonce}">body{font:16px system-ui;margin:4rem auto;max-width:28rem;text-align:center}</style>
<h1>${connected ? "Connected" : "Not connected"}</h1><p>${escapeHtml(message)}</p>
<script nonce="${nonce}">if(window.opener){window.opener.postMessage(${told},"*");${connected ? "window.close()" : ""}}</script>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
