import { eventually } from '#libs/testing';

interface Address {
  address: string;
}

/** The token in the newest mail to an address, from the mailbox of the stack. */
export const mailedToken = (mailboxUrl: string, to: string): Promise<string> =>
  eventually(async () => /#token=([\w-]+)/.exec((await newestText(mailboxUrl, to)) ?? '')?.[1], {
    what: `mail to ${to}`,
  });

/** Asks Mailpit, or MailDev where that stands in for it. */
async function newestText(mailboxUrl: string, to: string): Promise<string | undefined> {
  const answer = await fetch(`${mailboxUrl}/api/v1/messages`);
  if (answer.status === 404) {
    const mails = await json<{ to: Address[]; text: string }[]>(`${mailboxUrl}/api/email`);
    return mails.findLast((mail) => mail.to.some(({ address }) => address === to))?.text;
  }
  const { messages } = (await answer.json()) as { messages: { ID: string; To: { Address: string }[] }[] };
  const newest = messages.find(({ To }) => To.some(({ Address }) => Address === to));
  return newest && (await json<{ Text: string }>(`${mailboxUrl}/api/v1/message/${newest.ID}`)).Text;
}

const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
