import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from "@nestjs/common";
import { admitBearer } from "./bearer.ts";
import { OperatorToken } from "./operator-token.ts";

/** Opens what concerns all accounts to the bearer of OPERATOR_TOKEN; where none is set, there is nothing to open. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(private readonly token: OperatorToken) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.token.isSet) throw new NotFoundException();
    return admitBearer(context, (given, address) => this.token.isRight(given, address, "header"));
  }
}
