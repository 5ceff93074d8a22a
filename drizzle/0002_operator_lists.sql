-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dead_letters_name_died_at_id_index" ON "dead_letters" USING btree ("name","died_at","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dead_letters_code_index" ON "dead_letters" USING btree ((error->>'code'),"died_at","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_staff_index" ON "users" USING btree ("role","created_at","id") WHERE role <> 'member';--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_inactive_index" ON "users" USING btree ("status","created_at","id") WHERE status <> 'active';
