import { sql } from 'drizzle-orm'
import { bigint, check, index, pgEnum, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'
import type { MigrationFiles } from './migration-folder.ts'

/** What a table of people goes through in its life, each step as this project would have it. */
export const longHistory: MigrationFiles = {
  '0000_create_people': `
    create table people (
      id bigint primary key generated always as identity,
      name text not null,
      email text not null,
      nick text,
      created_at timestamptz(3) not null default now()
    );`,
  // Add: a constant default is kept in the catalogue, no row is touched.
  '0001_add_locale': `alter table people add column locale text default 'en';`,
  // Backfill in small transactions: one large one would hold every row until its end.
  '0002_backfill_locale': `-- migrate:no-transaction
    do $$
    declare done bigint := 0; last bigint;
    begin
      select max(id) into last from people;
      while done < last loop
        update people set locale = 'und' where id > done and id <= done + 2000
          and email like '%@nowhere.example';
        done := done + 2000;
        commit;
      end loop;
    end $$;`,
  // NOT NULL in two steps: a check that is validated without a lock, and then believed.
  '0003_locale_is_there': `
    alter table people add constraint people_locale_there check (locale is not null) not valid;`,
  '0004_validate_locale': 'alter table people validate constraint people_locale_there;',
  '0005_locale_not_null': `
    alter table people alter column locale set not null;
--> statement-breakpoint
    alter table people drop constraint people_locale_there;`,
  '0006_index_created_at': `-- migrate:no-transaction
    create index concurrently people_created_at_idx on people (created_at, id);`,
  '0007_create_status': `create type status as enum ('active');`,
  '0008_add_status_suspended': `-- migrate:no-transaction
    alter type status add value if not exists 'suspended';`,
  '0009_add_status': `alter table people add column status status not null default 'active';`,
  // Rename by expand and contract: a new column, both written, the old one copied, then dropped.
  '0010_expand_nickname': `
    alter table people add column nickname text;
--> statement-breakpoint
    create function copy_nick() returns trigger language plpgsql as
      $$ begin new.nickname := coalesce(new.nickname, new.nick); return new; end $$;
--> statement-breakpoint
    create trigger copy_nick before insert or update on people
      for each row execute function copy_nick();`,
  '0011_copy_nickname': `-- migrate:no-transaction
    do $$
    declare done bigint := 0; last bigint;
    begin
      select max(id) into last from people;
      while done < last loop
        update people set nickname = nick
          where id > done and id <= done + 2000 and nickname is distinct from nick;
        done := done + 2000;
        commit;
      end loop;
    end $$;`,
  '0012_contract_nick': `
    drop trigger copy_nick on people;
--> statement-breakpoint
    drop function copy_nick();
--> statement-breakpoint
    alter table people drop column nick;`,
  '0013_index_email': `-- migrate:no-transaction
    create unique index concurrently people_email_key on people (email);`,
  '0014_email_unique':
    'alter table people add constraint people_email_key unique using index people_email_key;',
  '0015_check_name': `
    alter table people add constraint people_name_length check (char_length(name) <= 200) not valid;`,
  '0016_validate_name': 'alter table people validate constraint people_name_length;',
}

export const status = pgEnum('status', ['active', 'suspended'])

/** Where it ends. */
export const people = pgTable(
  'people',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    email: text().notNull(),
    createdAt: timestamp({ precision: 3, withTimezone: true }).notNull().defaultNow(),
    locale: text().notNull().default('en'),
    status: status().notNull().default('active'),
    nickname: text(),
  },
  ({ id, name, email, createdAt }) => [
    unique('people_email_key').on(email),
    index('people_created_at_idx').on(createdAt, id),
    check('people_name_length', sql`char_length(${name}) <= 200`),
  ],
)
