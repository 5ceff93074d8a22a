import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { mailJob } from '../secrets/mailed-links.contract.js';
import { detailedNotices, plainNotices } from './notification-texts.js';

const namesOf = <T extends object>(notices: T) => z.enum(Object.keys(notices) as (keyof T & string)[]);

export const plainNotice = namesOf(plainNotices);

/**
 * The owner of an account; or an address, where it is the one of the moment of the change that has to know, because the
 * account may have another when the mail goes out.
 */
const recipient = z.union([z.object({ userId: z.uuid() }), z.object({ email: z.string() })]);

/** Tells people what was changed on their account, so that whoever did not do it can act (ASVS 5.0 6.3.7). */
export const sendNotification = defineJob(
  'auth.notify',
  z.union([
    z.object({ to: recipient, notice: plainNotice }),
    z.object({ to: recipient, notice: namesOf(detailedNotices), detail: z.string() }),
  ]),
  mailJob,
);
export type Notification = z.output<(typeof sendNotification)['schema']>;
