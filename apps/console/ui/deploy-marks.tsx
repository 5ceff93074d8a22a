import { deploys } from '../data/deploys.js';
import { clock } from '../data/words.js';
import { colourOf } from './colours.js';

export interface Mark {
  at: string;
  version: string;
}

/** The deploys within the times of a chart, the first one first. */
export function marksIn(times: readonly string[]): Mark[] {
  const [first = 0, second = first] = times.map((at) => Date.parse(at));
  const end = first + times.length * (second - first);
  return deploys.value
    .filter(({ at }) => Date.parse(at) >= first && Date.parse(at) < end)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The marks of a chart in words, for its caption. */
export const Deploys = ({ marks }: { marks: readonly Mark[] }) =>
  marks.length === 0 ? null : (
    <span class="quiet">
      {`Deploys: ${marks.map(({ version, at }) => `${version} at ${clock(at)}`).join(', ')}`}
    </span>
  );

/** Pixels above the plot of a chart, for the names of releases. */
export const namesHeight = 16;

/** Draws a line where another release began to run, and its name above. The measures are those of the canvas. */
export function drawMarks(
  pen: CanvasRenderingContext2D,
  marks: readonly Mark[],
  xOf: (ms: number) => number,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): void {
  const scale = devicePixelRatio;
  pen.save();
  pen.font = `${11 * scale}px system-ui, sans-serif`;
  pen.textAlign = 'left';
  pen.textBaseline = 'bottom';
  pen.strokeStyle = pen.fillStyle = colourOf('text');
  pen.lineWidth = scale;
  pen.setLineDash([4 * scale, 4 * scale]);
  let taken = -Infinity;
  for (const { at, version } of marks) {
    const x = xOf(Date.parse(at));
    if (x < left || x > left + width) continue;
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
    const wide = pen.measureText(version).width;
    const from = Math.min(Math.max(left, x - wide / 2), left + width - wide);
    // The caption has the names for which there is no room.
    if (from < taken) continue;
    taken = from + wide + 6 * scale;
    pen.fillText(version, from, top - 2 * scale);
  }
  pen.restore();
}
