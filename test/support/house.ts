/** Migrations that make one of everything. */
export const house = {
  '0000_house': `
    create extension pg_trgm;
    create type mood as enum ('calm', 'cross');
    create domain percent as integer default 0 check (value between 0 and 100);
    create type size as (width integer, height integer);
    create sequence tickets increment 2;
    create function shout(word text) returns text language sql immutable
      return upper(word) || '!';
    create table rooms (
      id bigint primary key generated always as identity,
      number serial unique,
      name text collate "C" not null default 'a room',
      tags text[] not null default '{}',
      mood mood default 'calm',
      warmth percent,
      opened timestamptz(3) not null default '2026-01-01 00:00:00+00',
      loud text generated always as (shout(name)) stored,
      constraint rooms_name_length check (char_length(name) between 1 and 20)
    );
    create function touch() returns trigger language plpgsql as $$
    begin
      new.opened = now();
      return new;
    end $$;
    create trigger rooms_touch before update on rooms for each row execute function touch();
    create index rooms_tags_idx on rooms using gin (tags);
    create index rooms_lower_idx on rooms (lower(name)) where mood = 'calm';
    create view calm_rooms as select id, name from rooms where mood = 'calm';
    create table visits (day date not null, room bigint references rooms) partition by range (day);
    create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');
    alter table visits enable row level security;
    create policy visits_read on visits for select using (day < current_date);`,
  '0001_index':
    '-- migrate:no-transaction\ncreate index concurrently if not exists rooms_opened_idx on rooms (opened)',
}
