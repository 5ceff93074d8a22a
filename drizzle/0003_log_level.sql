CREATE TABLE "ops_log_level" (
	"id" integer PRIMARY KEY NOT NULL,
	"level" text,
	"target" text,
	"until" timestamp (3) with time zone,
	"reason" text,
	"changed_by" uuid,
	"changed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ops_instances" ADD COLUMN "log_level" text;