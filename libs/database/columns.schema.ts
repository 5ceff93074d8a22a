import { customType, timestamp } from 'drizzle-orm/pg-core';

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** An instant. Milliseconds, as JavaScript's Date keeps no more, so that what is read can be compared with what is stored. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });
