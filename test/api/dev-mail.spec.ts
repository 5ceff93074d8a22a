import { it } from '@jest/globals';
import request from 'supertest';
import { startWorld } from '../support/apps.js';

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://mainstay.test',
  MAIL_FROM: 'Mainstay <no-reply@mainstay.test>',
};

it.each([
  ['development without a mail server', 200, {}],
  ['development with one', 404, { SMTP_URL: 'smtp://127.0.0.1:1' }],
  ['production', 404, { ...production, SMTP_URL: 'smtp://127.0.0.1:1' }],
])('in %s GET /dev/mail answers %i', async (_, status, env) => {
  const world = await startWorld({ env });
  try {
    await request(world.url).get('/dev/mail').expect(status);
  } finally {
    await world.close();
  }
});
