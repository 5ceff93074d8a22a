-- The role that the API and the worker connect as: it works with rows and owns nothing. Run this as the owner of the
-- database, who also runs the migrations: once to begin with, and again after a migration that adds tables for which the
-- default is too much. Running it twice does no harm.
--
--   CREATE ROLE mainstay_app LOGIN PASSWORD '…';

GRANT USAGE ON SCHEMA public TO mainstay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mainstay_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mainstay_app;

-- What has happened is added to and read. The triggers refuse the rest to everybody; this refuses it to the role that an
-- attacker of the application would have, who could not switch the triggers off either.
REVOKE UPDATE, DELETE ON audit_events, audit_seals FROM mainstay_app;

-- Processes compare the ledger of the migrations with their own files, and never write to it.
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM mainstay_app;

-- BullMQ's own tables; it makes a sequence for each queue when the queue is first used.
GRANT USAGE, CREATE ON SCHEMA bullmq TO mainstay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO mainstay_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA bullmq GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mainstay_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA bullmq GRANT USAGE, SELECT ON SEQUENCES TO mainstay_app;
