-- The role with which the API and the worker connect: it works with rows and owns nothing. Run this file as the owner of the
-- database, who also runs the migrations: once at the beginning, and again after a migration that adds tables for which the
-- default rights are too many. It can be run any number of times.
--
--   CREATE ROLE mainstay_app LOGIN PASSWORD '…';

GRANT USAGE ON SCHEMA public TO mainstay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mainstay_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mainstay_app;

-- The role can only add audit events, and seals by the function that makes them, and read both. The triggers refuse all other statements for every role. This line
-- also refuses them for the role that an attacker of the application would have, which cannot switch the triggers off either.
REVOKE UPDATE, DELETE ON audit_events, audit_seals FROM mainstay_app;
REVOKE INSERT ON audit_seals FROM mainstay_app;
GRANT EXECUTE ON FUNCTION audit_append_seal TO mainstay_app;

-- Processes compare the table of applied migrations with their own files, and never write to it.
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM mainstay_app;

-- BullMQ has its own tables, and creates a sequence for each queue when the queue is first used.
GRANT USAGE, CREATE ON SCHEMA bullmq TO mainstay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO mainstay_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA bullmq GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA bullmq GRANT USAGE, SELECT ON SEQUENCES TO mainstay_app;
