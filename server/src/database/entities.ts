import { AccountEntity } from "../installation/account.entity.ts";
import { GrantEntity } from "../installation/grant.entity.ts";
import { PromptVersionEntity } from "../qualification/prompt-version.entity.ts";

export const entities = [AccountEntity, GrantEntity, PromptVersionEntity];
