CREATE TABLE "deleted_users" (
	"id" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_events" (
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "user_events_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"caller" text NOT NULL,
	"request_id" text,
	"fields" text[] NOT NULL,
	"user_id" bigint NOT NULL,
	CONSTRAINT "user_events_pkey" PRIMARY KEY("transaction_id","sequence")
);
--> statement-breakpoint
CREATE INDEX "deleted_users_email_idx" ON "deleted_users" USING btree (lower("email" collate "C"));--> statement-breakpoint
CREATE INDEX "deleted_users_deleted_at_id_idx" ON "deleted_users" USING btree ("deleted_at","id");--> statement-breakpoint
CREATE INDEX "user_events_row_idx" ON "user_events" USING btree ("user_id","version","sequence");--> statement-breakpoint
CREATE INDEX "user_events_at_idx" ON "user_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "user_events_erase_idx" ON "user_events" USING btree ("transaction_id","sequence") WHERE "user_events"."kind" = 'erase';