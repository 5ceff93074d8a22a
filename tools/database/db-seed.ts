import { createPool } from '#libs/database';
import { command } from '../../commands/support/command.js';
import { loadEnvironmentFile } from '../machine/environment.js';
import { openOwnDatabase } from './own-database.js';
import { seed, seedPassword } from './seed.js';

/** SQLSTATE (PostgreSQL manual, appendix A). */
const undefinedTable = '42P01';

const line = {
  name: 'npm run db:seed',
  does: 'Puts a hundred users, their sessions, jobs in every state, dead letters and audit events into the database of development. What is there stays as it is.',
};

await command(line, async () => {
  loadEnvironmentFile();
  const { url, server, stop } = await openOwnDatabase('npm run db:seed', process.env);
  const pool = createPool(url, { role: 'tool', max: 1 });
  try {
    const added = await seed(pool);
    console.log(`mainstay: ${added} rows are new in ${server}`);
    console.log(
      `mainstay: user1@example.com (an administrator) to user100@example.com sign in with "${seedPassword}"`,
    );
  } catch (error) {
    throw (error as { code?: string }).code === undefinedTable
      ? new Error('the database has no tables yet; run: npm run db:migrate', { cause: error })
      : error;
  } finally {
    await pool.end();
    await stop();
  }
});
