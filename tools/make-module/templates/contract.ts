import { type Column, inInput, inView } from '../columns.js';
import type { Names } from '../names.js';

/** The one expected failure of a new feature. */
function problemOf({ module, words }: Names) {
  return {
    code: `${module}.not-found`,
    title: `There is no such ${words.one}`,
    help: `It does not exist, or it belongs to another user. List your own with GET /v1/${module}.`,
  };
}

export function contract(names: Names, columns: readonly Column[]): string {
  const { one, One } = names;
  const { code, title, help } = problemOf(names);
  const inputs = columns.map(inInput);
  const helpers = ['lineOfText', 'time'].filter((name) => name === 'time' || inputs.join().includes(name));
  return `import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ${helpers.join(', ')} } from '#libs/http';
import { pageOf, pageQuery } from '#libs/pagination';
import { defineProblem } from '#libs/problem';

const ${one}View = z
  .object({
    id: z.uuid(),
    ${columns.map(inView).join('\n    ')}
    status: z.enum(['pending', 'ready']),
    version: z.int(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: '${One}' });
export type ${One} = z.output<typeof ${one}View>;

export class ${One}View extends createZodDto(${one}View, { codec: true }) {}
export class ${One}PageView extends createZodDto(pageOf(${one}View).meta({ id: '${One}Page' }), { codec: true }) {}

export class ${One}Id extends createZodDto(z.strictObject({ id: z.uuid() })) {}
export class ${One}Query extends createZodDto(pageQuery({})) {}
export class New${One} extends createZodDto(z.strictObject({ ${inputs.join(' ')} })) {}

export class ${One}NotFound extends defineProblem({
  kind: 'not-found',
  code: '${code}',
  title: '${title}',
  help: '${help}',
}) {}
`;
}

export function jobs({ module, One }: Names): string {
  return `import { z } from 'zod';
import { defineJob } from '#libs/queue';

/** Does what the answer to a creation does not wait for. It carries the id alone: the handler reads what holds when it runs. */
export const prepare${One} = defineJob('${module}.prepare', z.object({ id: z.uuid() }));
`;
}
