-- migrate:no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_name_start_idx" ON "users" USING btree ((lower("name") collate "C"));