CREATE TABLE "ops_errors" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"name" text NOT NULL,
	"code" text NOT NULL,
	"frames" text[] NOT NULL,
	"count" bigint NOT NULL,
	"users" text[] NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"first_version" text NOT NULL,
	"last_version" text NOT NULL,
	"last_request_id" text,
	"last_trace_id" text
);
--> statement-breakpoint
CREATE INDEX "ops_errors_last_seen_at_index" ON "ops_errors" USING btree ("last_seen_at");