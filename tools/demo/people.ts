/** A CSV file of people, and what an import has to make of it. */
export interface PeopleFile {
  csv: string;
  rows: number;
  /** Addresses of the good rows, in the order of the file. */
  created: string[];
  /** Rows whose address is known already. */
  skipped: number;
  /** Broken rows by their line, with the code that names what is wrong. */
  failed: Map<number, string>;
}

/** Of five hundred rows one is broken and one repeats the row before it. */
const period = 500;

const broken = [
  { code: 'invalid_email', row: (index: number) => `nobody-${index} at example.com,Nobody,member` },
  { code: 'invalid_name', row: (index: number) => `nameless-${index}@example.com,,member` },
  { code: 'invalid_role', row: (index: number) => `emperor-${index}@example.com,Nero,emperor` },
];

/** Quotes, commas and letters beyond ASCII, as real lists have them. */
const names = [
  'Ada Lovelace',
  '"Hopper, Grace"',
  'Emmy Nöther',
  '"Mary ""Polly"" Shelley"',
  '李 清照',
  'Chien-Shiung Wu',
];
const roles = ['member', ''];

/** `run` makes the addresses new in every run; `known` is an address that has an account, and stands in the first row. */
export function peopleFile({ rows, run, known }: { rows: number; run: string; known: string }): PeopleFile {
  const lines = ['email,name,role', `${known},Known Already,member`];
  const file: PeopleFile = { csv: '', rows, created: [], skipped: 1, failed: new Map() };
  for (let index = 1; index < rows; index += 1) {
    const fault = broken[Math.floor(index / period) % broken.length]!;
    if (index % period === period / 2) {
      lines.push(fault.row(index));
      file.failed.set(lines.length, fault.code);
    } else if (index % period === period - 1) {
      lines.push(lines.at(-1)!);
      file.skipped += 1;
    } else {
      const email = `person-${index}.${run}@example.com`;
      lines.push(`${email},${names[index % names.length]},${roles[index % roles.length]}`);
      file.created.push(email);
    }
  }
  file.csv = `${lines.join('\r\n')}\r\n`;
  return file;
}
