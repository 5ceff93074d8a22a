import { href, withFilters } from '../data/location.js';
import { period, periods } from '../data/ops.js';

export const Period = () => (
  <nav class="tabs" aria-label="Period">
    {periods.map((name) => (
      <a
        key={name}
        href={href(withFilters({ period: name }))}
        aria-current={name === period() ? 'true' : undefined}
      >
        {name}
      </a>
    ))}
  </nav>
);
