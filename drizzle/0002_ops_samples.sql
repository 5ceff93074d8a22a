CREATE TABLE "ops_instances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"app" text NOT NULL,
	"version" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ops_samples" (
	"id" uuid PRIMARY KEY NOT NULL,
	"resolution" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"instance_id" uuid NOT NULL,
	"app" text NOT NULL,
	"metrics" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "ops_instances_last_seen_at_index" ON "ops_instances" USING btree ("last_seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ops_samples_resolution_at_instance_id_index" ON "ops_samples" USING btree ("resolution","at","instance_id");