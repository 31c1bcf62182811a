-- What the Worker may do: read and write rows. Its login is a member of this group: `npm run db:role`.
-- A role belongs to the whole server: another database may have made it, or make it at this moment.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_users_worker') THEN
    CREATE ROLE edge_users_worker NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;--> statement-breakpoint
-- Before PostgreSQL 15, and in databases that come from there, everybody may create tables.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO edge_users_worker;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON users, idempotency_keys TO edge_users_worker;--> statement-breakpoint
-- Of the tables of later migrations, as long as the same role runs them.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO edge_users_worker;--> statement-breakpoint
-- So that readiness can tell whether the database is behind.
GRANT USAGE ON SCHEMA drizzle TO edge_users_worker;--> statement-breakpoint
GRANT SELECT ON drizzle.__drizzle_migrations TO edge_users_worker;
