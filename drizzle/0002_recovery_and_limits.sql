CREATE TABLE "limited_mails" (
	"key" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"recipient" "bytea" NOT NULL,
	"sent_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD COLUMN "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "totp_factors" ADD COLUMN "suspended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identities" ADD COLUMN "suspended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "failed_proofs" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "passkeys" ADD COLUMN "suspended_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "limited_mails_recipient_kind_sent_at_index" ON "limited_mails" USING btree ("recipient","kind","sent_at");--> statement-breakpoint
CREATE INDEX "limited_mails_sent_at_index" ON "limited_mails" USING btree ("sent_at");