const role = { type: 'string', enum: ['admin', 'operator', 'viewer', 'member'] } as const;

const time = { type: 'string', format: 'date-time' } as const;

export const user = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    email: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string' },
    status: { type: 'string' },
    version: { type: 'integer' },
    created_at: time,
    updated_at: time,
  },
} as const;

export const page = {
  type: 'object',
  properties: {
    data: { type: 'array', items: user },
    page: {
      type: 'object',
      properties: { next_cursor: { type: ['string', 'null'] }, has_more: { type: 'boolean' } },
    },
  },
} as const;

export const userId = {
  type: 'object',
  properties: { id: { type: 'string', format: 'uuid' } },
  required: ['id'],
} as const;

export const pageQuery = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    cursor: { type: 'string', maxLength: 4096 },
  },
  additionalProperties: false,
} as const;

/** Text without control characters, line separators or lone surrogates, as in Mainstay. */
const plainText = String.raw`^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]*\S[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]*$`;

export const invitation = {
  type: 'object',
  properties: {
    email: { type: 'string', maxLength: 254, format: 'email' },
    name: { type: 'string', maxLength: 200, pattern: plainText },
    role: { ...role, default: 'member' },
  },
  required: ['email', 'name'],
  additionalProperties: false,
} as const;
