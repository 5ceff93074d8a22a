import type { Page } from 'playwright-core';

/** What of a page's globals is used here: the types of Node are those of this program, not the DOM's. */
interface Box {
  top: number;
  bottom: number;
  width: number;
}
interface Style {
  outlineStyle: string;
  outlineWidth: string;
  backgroundColor: string;
  borderTopColor: string;
  transitionDuration: string;
  animationName: string;
}
interface Element {
  outerHTML: string;
  tabIndex: number;
  focus(): void;
  blur(): void;
  matches(selector: string): boolean;
  closest(selector: string): Element | null;
  checkVisibility(): boolean;
  getBoundingClientRect(): Box;
}
interface Globals {
  document: {
    activeElement: Element;
    querySelector(selector: string): Element | null;
    querySelectorAll(selector: string): Iterable<Element>;
  };
  getComputedStyle: (element: Element) => Style;
  scrollTo: (x: number, y: number) => void;
}

/** What people can use: links, buttons, fields, and what scrolls. */
const usable = 'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex="0"]';

/** Returns what a keyboard does not reach, what shows no mark while it has the focus, and what the bar at the top covers then. */
export async function focusFaults(page: Page): Promise<string[]> {
  // Browsers mark the focus for those alone who have used the keyboard.
  await page.keyboard.press('Tab');
  return page.evaluate((selector) => {
    const { document, getComputedStyle, scrollTo } = globalThis as unknown as Globals;
    const bar = document.querySelector('.topbar');
    const faults: string[] = [];
    for (const element of document.querySelectorAll(selector)) {
      if (!element.checkVisibility() || element.getBoundingClientRect().width === 0) continue;
      const fault = (what: string) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
      element.focus();
      if (element.tabIndex < 0 || document.activeElement !== element) fault('no keyboard reaches');
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2) fault('no mark of the focus');
      const isInPage = bar !== null && element.closest('main') !== null;
      if (isInPage && element.getBoundingClientRect().top < bar.getBoundingClientRect().bottom - 1)
        if (element.getBoundingClientRect().bottom <= bar.getBoundingClientRect().bottom) fault('covered');
    }
    // As it was before, for whatever looks next.
    document.activeElement.blur();
    scrollTo(0, 0);
    return faults;
  }, usable);
}

/** Goes through a page with the Tab key alone. Returns how many things it met, and how many there are to use. */
export async function walkByTab(page: Page): Promise<{ met: number; usable: number }> {
  const count = await page.evaluate((selector) => {
    const { document } = globalThis as unknown as Globals;
    return [...document.querySelectorAll(selector)].filter(
      (element) => element.checkVisibility() && element.tabIndex >= 0,
    ).length;
  }, usable);
  const met = new Set<number>();
  // One more than there are: what is met again was met before.
  for (let press = 0; press <= count; press += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate((selector) => {
      const { document } = globalThis as unknown as Globals;
      return [...document.querySelectorAll(selector)].indexOf(document.activeElement);
    }, usable);
    if (at >= 0) met.add(at);
  }
  return { met: met.size, usable: count };
}

/** Returns everything that moves by itself or on its way from one look to another. */
export function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as unknown as Globals;
    return [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration.split(', ').some((part) => part !== '0s');
      })
      .map((element) => element.outerHTML.slice(0, 80));
  });
}

/** Returns what is chosen and looks like what is not, where the colours are those of the person and not ours. */
export function unmarkedChoices(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as unknown as Globals;
    const lookOf = (element: Element) => {
      const { backgroundColor, outlineStyle, borderTopColor } = getComputedStyle(element);
      return [backgroundColor, outlineStyle, borderTopColor].join(' ');
    };
    const faults: string[] = [];
    for (const list of document.querySelectorAll('nav, [role="listbox"]')) {
      const all = [...(list as unknown as Globals['document']).querySelectorAll('a, [role="option"]')];
      const chosen = all.find((each) => each.matches('[aria-current], [aria-selected="true"]'));
      const other = all.find((each) => !each.matches('[aria-current], [aria-selected="true"]'));
      if (chosen && other && lookOf(chosen) === lookOf(other)) faults.push(chosen.outerHTML.slice(0, 120));
    }
    return faults;
  });
}
