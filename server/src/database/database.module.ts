import { type DynamicModule, Global, Module } from "@nestjs/common";
import { TypeOrmModule } from "@nestjs/typeorm";
import { DataSource } from "typeorm";
import type { Config } from "../config.ts";
import { describeDatabase, type Entities } from "./data-source.ts";
import { Doors } from "./doors.ts";
import { FRONT_DESK_CONNECTIONS, FrontDesk } from "./front-desk.ts";
import { Tenancy } from "./tenancy.ts";

/** Global, because everything that remembers needs it and nothing else may reach the database. */
@Global()
@Module({})
export class DatabaseModule {
  static with(config: Config, entities: Entities): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          ...describeDatabase(config.DATABASE_URL, config.DATABASE_POOL, { entities }),
          retryAttempts: 3,
        }),
      ],
      providers: [Doors, Tenancy, { provide: FrontDesk, useFactory: () => openFrontDesk(config, entities) }],
      exports: [Doors, FrontDesk, Tenancy, TypeOrmModule],
    };
  }
}

async function openFrontDesk(config: Config, entities: Entities): Promise<FrontDesk> {
  const options = describeDatabase(config.DATABASE_URL, FRONT_DESK_CONNECTIONS, { entities });
  return new FrontDesk(await new DataSource(options).initialize());
}
