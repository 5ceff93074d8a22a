// What one jest run starts and stops. It imports compiled code: jest does not transform what runs outside of tests.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from '../../tools/build/build.mjs';

const running = [];

export async function startServices(root) {
  await build(root);
  const { startTestDatabase } = await import('../../build/tools/postgres/test-database.js');
  const { startTestRedis } = await import('../../build/tools/testing/redis.js');
  process.chdir(root);

  const database = await startTestDatabase(process.env);
  running.push(database);
  // Processes that tests start compile the same code again and again.
  process.env.NODE_COMPILE_CACHE ??= join(root, '.data', 'compile-cache');

  process.env.TEST_DATABASE_ADMIN_URL = database.adminUrl;
  process.env.TEST_DATABASE_TEMPLATE = database.template;

  const redis = process.env.REDIS_URL ? { url: process.env.REDIS_URL } : await startTestRedis();
  if (redis?.stop) running.push(redis);
  if (redis) process.env.TEST_REDIS_URL = redis.url;
  else
    console.log(
      '\nNo REDIS_URL and no redis-server or valkey-server on the PATH: the Redis suites are skipped.',
    );

  const chromium =
    process.env.CHROMIUM_PATH || findProgram(['chromium', 'chromium-browser', 'google-chrome']);
  if (chromium) process.env.TEST_CHROMIUM = chromium;
  else
    console.log('\nNo CHROMIUM_PATH and no chromium on the PATH: the suites in a real browser are skipped.');

  const nginx = findProgram(['nginx']);
  if (nginx) process.env.TEST_NGINX = nginx;
  else console.log('\nNo nginx on the PATH or in /usr/sbin: the suite behind a real proxy is skipped.');

  // Tests say which backend they run on; what the person at this terminal uses must not decide it for them.
  delete process.env.REDIS_URL;
  delete process.env.DATABASE_URL;
}

/** Debian keeps servers in /usr/sbin, which is on the PATH of root alone. */
function findProgram(names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function stopServices() {
  await Promise.all(running.splice(0).map((service) => service.stop()));
}
