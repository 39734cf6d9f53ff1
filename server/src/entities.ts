import { AccountEntity } from "./installation/account.entity.ts";
import { GrantEntity } from "./installation/grant.entity.ts";
import { PromptVersionEntity } from "./qualification/prompt/prompt-version.entity.ts";

/** Everything TypeORM maps; the other tables are spoken to in SQL. */
export const entities = [AccountEntity, GrantEntity, PromptVersionEntity];
