import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { AdminsService, AuthModule } from '#modules/auth';
import { startWorld, type World } from '../../support/apps.js';
import { password, signedIn } from '../../support/people.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const bootstrap = (email: string) => world.api.select(AuthModule).get(AdminsService).bootstrap(email);
const confirm = (token: string) =>
  request(world.url).post('/v1/password-resets/confirmations').send({ token, password });

describe('the first administrator', () => {
  it('chooses a password with the token, which works once', async () => {
    const { token } = await bootstrap('root@example.com');
    await confirm(token).expect(204);
    await confirm(token).expect(410);
    const { body } = await request(world.url)
      .post('/v1/sessions')
      .send({ email: 'root@example.com', password })
      .expect(201);
    expect(body.user.role).toBe('admin');
  });

  it('may be asked for again while nobody has chosen a password', async () => {
    await bootstrap('root@example.com');
    const { token } = await bootstrap('root@example.com');
    await confirm(token).expect(204);
  });

  it('is refused when there is one, whoever else was invited', async () => {
    await world.db.pool.query(
      `insert into users (id, email, name, role, status) values (gen_random_uuid(), 'a@example.com', 'A', 'admin', 'invited')`,
    );
    await signedIn(world, 'admin');
    await expect(bootstrap('root@example.com')).rejects.toMatchObject({ code: 'auth.admin-exists' });
  });

  it('does not take over the open account of somebody', async () => {
    const { email } = await signedIn(world, 'member');
    await expect(bootstrap(email)).rejects.toMatchObject({ code: 'users.email-taken' });
  });
});
