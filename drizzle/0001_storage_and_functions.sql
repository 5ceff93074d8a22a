-- What drizzle-kit cannot declare: storage, functions and triggers.

-- Chunks are mostly compressed or random already: store them out of line as they are.
ALTER TABLE "file_chunks" ALTER COLUMN "data" SET STORAGE EXTERNAL;
--> statement-breakpoint
-- Rows live for milliseconds: vacuum early, or the relay reads through the dead ones.
ALTER TABLE "outbox" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_limit = 2000);
--> statement-breakpoint
-- The same holds here for the recovery of lost messages.
ALTER TABLE "dispatched_messages" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_limit = 2000);
--> statement-breakpoint
-- A crash forgets what was used up; a write-ahead log of every request would cost more than it is worth. Half-empty pages
-- keep a caller's next version on its page (HOT), so that no index entry is written either.
ALTER TABLE "rate_limits" SET UNLOGGED;
--> statement-breakpoint
ALTER TABLE "rate_limits" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- A worker measures them anew every five seconds.
ALTER TABLE "queue_counts" SET UNLOGGED;
--> statement-breakpoint
ALTER TABLE "idempotency_keys" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
-- PL/pgSQL, so that the SELECT runs with a snapshot taken after the lock was got (READ COMMITTED).
CREATE FUNCTION idempotency_claim(claimed bytea, OUT outcome text, OUT fingerprint bytea, OUT response bytea)
LANGUAGE plpgsql AS $$
BEGIN
  -- Not a blocking lock: a hundred repetitions would hold a hundred connections.
  IF NOT pg_try_advisory_xact_lock(('x' || encode(substr(claimed, 1, 8), 'hex'))::bit(64)::bigint) THEN
    outcome := 'in_flight';
    RETURN;
  END IF;
  SELECT k.fingerprint, k.response INTO fingerprint, response
    FROM idempotency_keys k WHERE k.id = claimed AND k.expires_at > now();
  outcome := CASE WHEN FOUND THEN 'replay' ELSE 'new' END;
END $$;
--> statement-breakpoint
-- The primary key is the last arbiter: should the lock ever fail to keep two apart, the second fails here.
CREATE FUNCTION idempotency_finish(finished bytea, new_fingerprint bytea, new_response bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO idempotency_keys AS k (id, fingerprint, response, expires_at)
    VALUES (finished, new_fingerprint, new_response, now() + interval '24 hours')
    ON CONFLICT (id) DO UPDATE
      SET fingerprint = excluded.fingerprint, response = excluded.response,
          created_at = now(), expires_at = excluded.expires_at
      WHERE k.expires_at <= now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'idempotency key was finished by another transaction' USING ERRCODE = '40001';
  END IF;
END $$;
--> statement-breakpoint
-- Nobody changes what has happened: neither the application nor a person who works as its role.
CREATE FUNCTION audit_events_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();
--> statement-breakpoint
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_seals"
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();

--> statement-breakpoint
-- The only way in which a role that owns nothing adds a seal: see docs/application-role.sql. It runs with the rights of its owner, who is
-- also the owner of the table. Only the key in SECRET_KEYS can sign a seal; the function keeps the form and the order.
CREATE FUNCTION audit_append_seal(number integer, first_seq bigint, last_seq bigint, count integer, digests bytea, head bytea,
  key_id text, signature bytea, sealed_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last_number integer := (SELECT coalesce(max(s.number), 0) FROM audit_seals s);
BEGIN
  IF audit_append_seal.number IS DISTINCT FROM last_number + 1 OR octet_length(head) IS DISTINCT FROM 32
    OR octet_length(signature) IS DISTINCT FROM 32 OR octet_length(digests) IS DISTINCT FROM 40 * count THEN
    RAISE EXCEPTION 'this is not the next audit seal' USING ERRCODE = '22023';
  END IF;
  INSERT INTO audit_seals (number, first_seq, last_seq, count, digests, head, key_id, signature, sealed_at)
    VALUES (number, first_seq, last_seq, count, digests, head, key_id, signature, sealed_at);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION audit_append_seal FROM PUBLIC;
