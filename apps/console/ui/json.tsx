import { Copy } from './parts.js';

/** A payload as it is. Secrets in it read [redacted]: the API has replaced them. */
export function Json({ value, name }: { value: unknown; name: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <figure>
      <figcaption class="more">
        <span>{name}</span>
        <span class="actions">
          <Copy text={text} label="Copy JSON" />
          <Copy text={`\`\`\`json\n${text}\n\`\`\``} label="Copy Markdown" />
        </span>
      </figcaption>
      <pre class="json" tabIndex={0} aria-label={name}>
        {text}
      </pre>
    </figure>
  );
}

/** The fields of which a change is made of, line by line: what goes and what comes. */
export function Diff({ before, after }: { before: Record<string, unknown>; after: Record<string, unknown> }) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const line = (field: string, value: unknown) => `${field}: ${JSON.stringify(value)}`;
  return (
    <div class="diff" role="group" aria-label="What changes">
      {fields.map((field) => {
        const [old, next] = [before[field], after[field]];
        if (JSON.stringify(old) === JSON.stringify(next))
          return <span key={field}>{`  ${line(field, old)}`}</span>;
        return (
          <span key={field}>
            <del>{`- ${line(field, old)}`}</del>
            <ins>{`+ ${line(field, next)}`}</ins>
          </span>
        );
      })}
    </div>
  );
}
