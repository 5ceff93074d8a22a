import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from '#libs/database';
import { ensureAccount } from './account.js';

export interface Admin {
  email: string;
  password: string;
}

/** The administrator that `npm start` tells the developer about, with this password whatever was there before. */
export async function developmentAdmin(databaseUrl: string, dataDir: string): Promise<Admin> {
  const admin = keptAdmin(dataDir);
  const pool = createPool(databaseUrl, { role: 'tool', max: 1 });
  try {
    await ensureAccount(pool, { ...admin, role: 'admin' });
  } finally {
    await pool.end();
  }
  return admin;
}

/** Kept beside the database it signs in to, so that a second start shows the same password. */
function keptAdmin(dataDir: string): Admin {
  const path = join(dataDir, 'admin.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Admin;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const admin = { email: 'admin@example.com', password: randomBytes(18).toString('base64url') };
    writeFileSync(path, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600 });
    return admin;
  }
}
