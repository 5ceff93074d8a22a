import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { mailJob } from '../secrets/mailed-links.contract.js';
import { detailedNotifications, plainNotifications } from './notification-texts.js';

const kindsOf = <T extends object>(texts: T) => z.enum(Object.keys(texts) as (keyof T & string)[]);

/**
 * The recipient: the owner of an account, or an address. An address is used when the notification must reach the address
 * before a change, because the account may have another one when the mail is sent.
 */
const recipient = z.union([z.object({ userId: z.uuid() }), z.object({ email: z.string() })]);

/** Notifies users of changes to their account, so that an owner who did not make the change can act (ASVS 5.0 6.3.7). */
export const sendNotification = defineJob(
  'auth.notify',
  z.union([
    z.object({ to: recipient, kind: kindsOf(plainNotifications) }),
    z.object({ to: recipient, kind: kindsOf(detailedNotifications), detail: z.string() }),
  ]),
  mailJob,
);
export type Notification = z.output<(typeof sendNotification)['schema']>;
