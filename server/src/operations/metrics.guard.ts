import { type CanActivate, type ExecutionContext, Inject, Injectable, NotFoundException } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { admitBearer } from "./bearer.ts";
import { OperatorToken } from "./operator-token.ts";
import { isSameSecret } from "./same-secret.ts";
import { WrongTokens } from "./wrong-tokens.ts";

/**
 * Opens the figures to who collects them. His token lies in files of another machine, so it is one that opens nothing else; and
 * where there is one, the operator's is refused here, so that it is not left there.
 */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(
    private readonly operator: OperatorToken,
    private readonly wrong: WrongTokens,
    @Inject(CONFIG) private readonly config: Pick<Config, "METRICS_TOKEN">,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { METRICS_TOKEN } = this.config;
    if (METRICS_TOKEN === undefined && !this.operator.isSet) throw new NotFoundException();
    return admitBearer(context, async (given, address) => {
      if (METRICS_TOKEN === undefined) return this.operator.isRight(given, address, "metrics");
      const isOurs = () => isSameSecret(given, METRICS_TOKEN) || undefined;
      return (await this.wrong.look(address, "metrics", isOurs)) ?? false;
    });
  }
}
