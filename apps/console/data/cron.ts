/** What a cron expression of the usual kinds says; nothing for the others, which stand for themselves. */
export function wordsOfCron(cron: string): string {
  const step = /^\*\/(\d+) \* \* \* \*$/.exec(cron)?.[1];
  const [, minute, hour] = /^(\d+) (\d+|\*) \* \* \*$/.exec(cron) ?? [];
  if (cron === '* * * * *') return 'every minute';
  if (step) return `every ${step} minutes`;
  if (!minute || !hour) return '';
  return hour === '*' ? `hourly, at ${two(minute)} past` : `daily at ${two(hour)}:${two(minute)}`;
}

const two = (field: string) => field.padStart(2, '0');
