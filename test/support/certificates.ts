import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenSsl = !spawnSync('openssl', ['version'], { stdio: 'ignore' }).error;

export interface Certificates {
  /** Paths of PEM files: a private authority, and what it signed for 127.0.0.1. */
  authority: string;
  certificate: string;
  key: string;
}

/** Makes a private authority and a certificate for servers on loopback, in this folder. */
export function makeCertificates(dir: string): Certificates {
  const [authority, authorityKey] = [join(dir, 'ca.crt'), join(dir, 'ca.key')];
  const [certificate, key, request] = ['server.crt', 'server.key', 'server.csr'].map((name) =>
    join(dir, name),
  );
  const names = join(dir, 'names');
  writeFileSync(names, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    authorityKey,
    '-out',
    authority,
  );
  openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', key!, '-out', request!);
  const signedBy = [
    '-CA',
    authority,
    '-CAkey',
    authorityKey,
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    names,
  ];
  openssl('x509', '-req', '-in', request!, ...signedBy, '-out', certificate!);
  return { authority, certificate: certificate!, key: key! };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
