/**
 * A statement that fills the table with what a `select` of names and emails gives. Row by row, the checks
 * of the table and the index of searches would take three times as long.
 */
export const fillUsers = (select: string): string => `
  do $$
  declare
    search_index text := pg_get_indexdef('users_search_idx'::regclass);
    rule text;
  begin
    for rule in
      select conname from pg_constraint where conrelid = 'users'::regclass and contype = 'c'
    loop
      execute format('alter table users drop constraint %I', rule);
    end loop;
    drop index users_search_idx;
    insert into users (name, email) ${select};
    execute search_index;
  end $$`
