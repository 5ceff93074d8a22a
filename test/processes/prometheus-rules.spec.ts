import { expect, it } from '@jest/globals';
import { describeWithPromtool, promtool } from '../support/promtool.js';

describeWithPromtool('ops/prometheus/rules.yml', () => {
  it('is right for promtool, and alerts at the right time', () => {
    expect(promtool(['check', 'rules', 'ops/prometheus/rules.yml'])).toBe('');
    expect(promtool(['test', 'rules', 'ops/prometheus/rules.test.yml'])).toBe('');
  });
});
