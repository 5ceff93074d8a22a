/**
 * Tokens of User-Agent fields. A browser that includes the token of another comes first: Edge includes that of Chrome, which
 * includes that of Safari.
 */
const programs: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Returns a name of the device that users understand, such as `Firefox on Windows`, or null when there is none. */
export function deviceName(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const find = (names: [RegExp, string][]) => names.find(([token]) => token.test(userAgent))?.[1];
  const [program, system] = [find(programs), find(systems)];
  return program && system ? `${program} on ${system}` : (program ?? system ?? null);
}
