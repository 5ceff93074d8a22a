import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';

/** The mails of the last day that somebody other than their recipient may have caused. */
export const limitedMails = pgTable(
  'limited_mails',
  {
    /** The id of the job, so that a repeated job gets the decision that it got before. */
    key: uuid().primaryKey(),
    kind: text({ enum: ['registration', 'password-reset', 'invitation', 'email-change'] }).notNull(),
    /** The SHA-256 of the address. */
    recipient: bytes().notNull(),
    sentAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.recipient, table.kind, table.sentAt), index().on(table.sentAt)],
);
