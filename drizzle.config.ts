import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  casing: 'snake_case',
  schema: ['./libs/**/*.schema.ts', './modules/**/*.schema.ts'],
  out: './drizzle',
});
