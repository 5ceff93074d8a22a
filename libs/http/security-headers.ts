/**
 * The headers of every response, errors included. The policy forbids everything, because an API answer is never a page; the
 * few pages (problem types, API description) set their own policy. Answers vary with Origin, because only some origins may read
 * them. Sources: OWASP ASVS 5.0 V3.4, V14.3.2; OWASP REST security
 * cheat sheet.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
