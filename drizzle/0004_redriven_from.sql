-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dead_letters_redriven_from_index" ON "dead_letters" USING btree ((headers->>'redriven_from')) WHERE headers->>'redriven_from' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dispatched_messages_redriven_from_index" ON "dispatched_messages" USING btree ((headers->>'redriven_from')) WHERE headers->>'redriven_from' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_redriven_from_index" ON "outbox" USING btree ((headers->>'redriven_from')) WHERE headers->>'redriven_from' is not null;
