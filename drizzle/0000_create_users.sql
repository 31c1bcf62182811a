CREATE TABLE "users" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"email" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_name_length" CHECK (char_length("users"."name") between 1 and 200),
	CONSTRAINT "users_name_nfc" CHECK ("users"."name" is nfc normalized),
	CONSTRAINT "users_name_controls" CHECK ("users"."name" ~ '^[^\u0001-\u001f\u007f-\u009f]*$'),
	CONSTRAINT "users_name_start" CHECK ("users"."name" ~ '^(?![\u0020\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u3000])'),
	CONSTRAINT "users_name_end" CHECK ("users"."name" ~ '(?<![\u0020\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u3000])$'),
	CONSTRAINT "users_name_visible" CHECK ("users"."name" ~ '[^\u0001-\u001f\u007f-\u009f\u0020\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u3000\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'),
	CONSTRAINT "users_email_length" CHECK (char_length("users"."email") <= 254),
	CONSTRAINT "users_email_address" CHECK ("users"."email" ~ '^[a-zA-Z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$')
);
--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree (lower("email" collate "C"));--> statement-breakpoint
CREATE INDEX "users_name_id_idx" ON "users" USING btree (("name" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "users_email_id_idx" ON "users" USING btree (("email" collate "C"),"id");