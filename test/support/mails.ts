import { eventually } from '#libs/testing';
import type { World } from './apps.js';

export interface Mail {
  subject: string;
  text: string;
}

/** The mails to an address, newest first, once there are so many. Needs the worker. */
export const mailsTo = ({ url }: Pick<World, 'url'>, to: string, count = 1): Promise<Mail[]> =>
  eventually(
    async () => {
      const response = await fetch(`${url}/dev/mail?to=${encodeURIComponent(to)}`);
      const { data } = (await response.json()) as { data: Mail[] };
      return data.length >= count && data;
    },
    { what: `mail number ${count} to ${to}` },
  );

/** The mail with this subject, once it is there. */
export const mailTo = (world: Pick<World, 'url'>, to: string, subject: string): Promise<Mail> =>
  eventually(async () => (await mailsTo(world, to)).find((mail) => mail.subject === subject), {
    what: `mail "${subject}" to ${to}`,
  });

export const tokenIn = ({ text }: Mail): string => /#token=([\w-]{43})/.exec(text)![1]!;
