-- no-transaction
-- Each index is dropped first: should this file stop half-way, it can be applied again.
DROP INDEX CONCURRENTLY IF EXISTS "sessions_impersonator_id_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "sessions_impersonator_id_index" ON "sessions" USING btree ("impersonator_id") WHERE impersonator_id is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "sessions_provider_provider_sid_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "sessions_provider_provider_sid_index" ON "sessions" USING btree ("provider","provider_sid") WHERE provider is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "dead_letters_died_at_id_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "dead_letters_died_at_id_index" ON "dead_letters" USING btree ("died_at","id");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "dead_letters_queue_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "dead_letters_queue_index" ON "dead_letters" USING btree ("queue");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "outbox_available_at_seq_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "outbox_available_at_seq_index" ON "outbox" USING btree ("available_at","seq") WHERE partition_key is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "outbox_partition_key_seq_index";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "outbox_partition_key_seq_index" ON "outbox" USING btree ("partition_key","seq") WHERE partition_key is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "dead_letters_died_at_index";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "outbox_available_at_id_index";
--> statement-breakpoint
ALTER TABLE "sessions" VALIDATE CONSTRAINT "sessions_impersonator_id_users_id_fk";
