import type { Column } from './columns.js';
import type { Names } from './names.js';
import { contract, jobs } from './templates/contract.js';
import { schema } from './templates/schema.js';
import { service } from './templates/service.js';
import { spec } from './templates/spec.js';
import { controller } from './templates/web.js';
import { nestModules, processor, publicApi } from './templates/wiring.js';

/** The files of a new feature: its folder and its test. */
export function filesOf(names: Names, columns: readonly Column[]): [path: string, content: string][] {
  const { module } = names;
  const inModule = (name: string) => `modules/${module}/${name}`;
  return [
    [inModule('index.ts'), publicApi(names)],
    [inModule(`${module}.contract.ts`), contract(names, columns)],
    [inModule(`${module}.jobs.ts`), jobs(names)],
    [inModule(`${module}.schema.ts`), schema(names, columns)],
    [inModule(`${module}.service.ts`), service(names, columns)],
    [inModule(`${module}.controller.ts`), controller(names)],
    [inModule(`${module}.processor.ts`), processor(names)],
    [inModule(`${module}.module.ts`), nestModules(names)],
    [`test/api/${module}/${module}.spec.ts`, spec(names, columns)],
  ];
}
