import { z } from 'zod';

/**
 * One line with a visible character. The blank of Braille (U+2800) is a symbol to Unicode, and looks like a space. The line has
 * no characters that could forge a line of a mail or a log, or reorder the text around them: control characters, line breaks
 * and the controls of the bidirectional algorithm (UAX #9). It is one pattern because the API description can hold only one
 * for a query parameter.
 */
const visibleLine =
  /^(?=.*(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u;

/**
 * Returns the schema of one line of text in any script, in canonical form: NFC, without surrounding space. Joiners inside it
 * stay, because several scripts need them. `min` and `max` count UTF-16 units.
 */
export function lineOfText(min: number, max: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(min, { abort: true })
    .max(max, { abort: true })
    .regex(
      visibleLine,
      'Must be one line with a visible character, without control characters and controls of text direction.',
    );
}
