import { Copy } from './parts.js';

/** A trace, as a link where the installation names its tracing tool. */
export function Trace({ id, url }: { id: string; url: string | null }) {
  if (url === null) return <Copy text={id} label="Trace" />;
  return (
    <a href={url} target="_blank" rel="noreferrer" title={id}>
      Trace
    </a>
  );
}
