import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../libs/database/columns.schema.js';

/** The mailbox of a development installation. It stays empty where SMTP_URL is set. */
export const devMails = pgTable(
  'dev_mails',
  {
    id: uuid().primaryKey(),
    key: text().notNull().unique(),
    toAddress: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    receivedAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.toAddress, table.id)],
);
