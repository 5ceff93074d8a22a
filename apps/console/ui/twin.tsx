/** The same as a chart, for whoever does not see it, copies it, or wants the figure itself: the latest first. */
export function Twin({ name, head, rows }: { name: string; head: string[]; rows: string[][] }) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="scroll twin" role="region" aria-label={`${name}, as a table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {head.map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map(([time, ...cells]) => (
              <tr key={time}>
                <th scope="row">{time}</th>
                {cells.map((cell, index) => (
                  <td key={index}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
