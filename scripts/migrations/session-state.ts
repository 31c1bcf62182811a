/**
 * Takes back what a file has set in its session: settings, `search_path`, the role, temporary tables.
 * So the next file runs as it would alone.
 *
 * What `discard all` does, in words that may stand in the transaction of the file: behind a pooler the
 * next statement may meet another session.
 */
export const resetSession = `close all;
set session authorization default;
reset role;
reset all;
deallocate all;
unlisten *;
discard temp;
discard sequences;
do $reset$ begin perform pg_advisory_unlock_all(); end $reset$;`
