import { customType, timestamp } from 'drizzle-orm/pg-core';

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** Declares a timestamp of millisecond precision. A JavaScript Date keeps no more, so a value that is read equals the stored one. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });
