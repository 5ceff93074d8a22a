import { expect, it } from '@jest/globals';
import { html } from './html.js';

it('text cannot become markup, neither between tags nor in an attribute', () => {
  const text = `<script>alert("1" & '2')</script>`;
  const escaped = '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;';
  expect(String(html`<a title="${text}">${[text]}</a>`)).toBe(`<a title="${escaped}">${escaped}</a>`);
});

it('markup stays markup, also in lists, and nothing leaves nothing', () => {
  const items = ['a', 'b'].map((name) => html`<li>${name}</li>`);
  expect(
    String(
      html`<ul>
          ${items}
        </ul>
        ${undefined}${false}${0}`,
    ).replaceAll(/\s/g, ''),
  ).toBe('<ul><li>a</li><li>b</li></ul>0');
});
