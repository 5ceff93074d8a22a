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
