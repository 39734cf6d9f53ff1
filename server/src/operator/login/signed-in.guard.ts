import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  NotFoundException,
} from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { CONFIG, type Config } from "../../config.ts";
import { OperatorToken } from "../../operations/operator-token.ts";
import { readCookie } from "./cookie.ts";
import { OperatorSessions, type Session } from "./sessions.ts";

type WithSession = FastifyRequest & { session: Session & { formKey: string } };

/** Nobody is signed in; a browser is led to where that is done. */
export class NotSignedIn extends Error {}

/** A form that none of our pages has sent. */
export class NotFromOurPage extends Error {}

/** Lets who has signed in look, and act by forms that stand in our own pages. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly token: OperatorToken,
    private readonly sessions: OperatorSessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.token.isSet) throw new NotFoundException();
    const request = context.switchToHttp().getRequest<WithSession>();
    const session = await this.sessions.read(readCookie(request, isReachedByHttps(this.config)));
    if (!session) throw new NotSignedIn();
    if (request.method !== "GET") {
      refuseOtherSites(request);
      const { formKey } = (request.body ?? {}) as { formKey?: unknown };
      if (typeof formKey !== "string" || !this.sessions.isFormKey(session, formKey)) throw new NotFromOurPage();
    }
    request.session = { ...session, formKey: this.sessions.formKey(session) };
    return true;
  }
}

/** Who is signed in, after the guard. */
export const SignedIn = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<WithSession>().session,
);

export function isReachedByHttps({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">): boolean {
  return PUBLIC_URL.startsWith("https:");
}

/**
 * Browsers say from where a form comes. Those that do not send no cookie of ours with it either, and do not know the form's key.
 * @throws NotFromOurPage
 */
export function refuseOtherSites({ headers }: FastifyRequest) {
  if ((headers["sec-fetch-site"] ?? "same-origin") !== "same-origin") throw new NotFromOurPage();
}
