import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminsService } from '#modules/auth';
import { withAuth } from './auth-context.js';
import { command } from './command.js';
import { dataDirOf } from './environment.js';

interface Admin {
  email: string;
  password: string;
}

/** Kept beside the database it signs in to, so that a second start shows the same password. */
function developmentAdmin(dataDir: string): Admin {
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

await command(async () => {
  if (process.env.NODE_ENV === 'production')
    throw new Error('In production the first administrator comes from: npm run admin:bootstrap');
  const admin = developmentAdmin(dataDirOf(process.env));
  await withAuth(process.env, (app) => app.get(AdminsService).ensure(admin.email, admin.password));
  console.log(JSON.stringify(admin));
});
