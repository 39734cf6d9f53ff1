import { createHmac } from "node:crypto";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { isSameSecret } from "./same-secret.ts";
import { type Entrance, WrongTokens } from "./wrong-tokens.ts";

/** The one secret of whoever runs this server. */
@Injectable()
export class OperatorToken {
  constructor(
    private readonly wrong: WrongTokens,
    @Inject(CONFIG) private readonly config: Pick<Config, "OPERATOR_TOKEN">,
  ) {}

  /** Where none is set, there is nothing to open. */
  get isSet(): boolean {
    return this.config.OPERATOR_TOKEN !== undefined;
  }

  /** @throws TooManyWrongTokens */
  async isRight(given: string, address: string, entrance: Entrance): Promise<boolean> {
    const { OPERATOR_TOKEN } = this.config;
    const isOurs = () => (OPERATOR_TOKEN !== undefined && isSameSecret(given, OPERATOR_TOKEN)) || undefined;
    return (await this.wrong.look(address, entrance, isOurs)) ?? false;
  }

  /** Keys that die with the token: changing it ends every session. */
  bind(keys: readonly Buffer[]): Buffer[] {
    return keys.map((key) =>
      createHmac("sha256", key)
        .update(this.config.OPERATOR_TOKEN ?? "")
        .digest(),
    );
  }
}
