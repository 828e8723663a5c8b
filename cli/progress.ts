import { fit, grouped, plainText } from '../shared/reports/text-layout.ts';
import type { ScanProgress } from '../shared/reports/scan.ts';
import type { Outlet, World } from './world.ts';

export interface Progress {
  update(event: ScanProgress): void;
  /** Takes the bar away, so that the report starts on a clean line. */
  done(): Promise<void>;
}

const barWidth = 24;
const shownEveryMs = 100;
const saidEveryMs = 1000;

/**
 * How far the work has come, on standard error: a bar that redraws itself on a terminal, elsewhere a
 * line now and then and one at the end of every stage, nothing at all when `quiet`.
 */
export function progressOn(world: Pick<World, 'stderr' | 'now' | 'env'>, quiet: boolean): Progress {
  if (quiet) return { update: () => undefined, done: () => Promise.resolve() };
  return world.stderr.isTerminal && world.env['TERM'] !== 'dumb'
    ? bar(world.stderr, world.now)
    : lines(world.stderr, world.now);
}

function bar(stderr: Outlet, now: () => Date): Progress {
  let drawn = false;
  let last = { stage: '', at: 0 };
  let writing = Promise.resolve();
  return {
    update(event) {
      const at = now().getTime();
      const finished = event.total !== undefined && event.done >= event.total;
      if (event.stage === last.stage && at - last.at < shownEveryMs && !finished) return;
      last = { stage: event.stage, at };
      drawn = true;
      const room = Math.max(20, (stderr.columns ?? 80) - 1);
      const text = `\r${fit(barText(event), room)}`;
      writing = writing.then(() => stderr.write(text));
    },
    async done() {
      await writing;
      if (drawn) await stderr.write('\r\u001B[2K');
      drawn = false;
    },
  };
}

function barText({ stage, done, total }: ScanProgress): string {
  if (total === undefined) return `${plainText(stage)} ${done === 0 ? '…' : grouped(done)}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * barWidth);
  const drawing = '█'.repeat(full) + '░'.repeat(barWidth - full);
  return `${drawing} ${grouped(done)}/${grouped(total)} ${plainText(stage)}`;
}

function lines(stderr: Outlet, now: () => Date): Progress {
  let last = { stage: '', at: 0 };
  let writing = Promise.resolve();
  return {
    update({ stage, done, total }) {
      const at = now().getTime();
      const finished = total !== undefined && done >= total;
      const tooSoon = stage === last.stage && at - last.at < saidEveryMs;
      if (done === 0 || (tooSoon && !finished)) return;
      last = { stage, at };
      const share = total === undefined ? '' : ` of ${grouped(total)}`;
      const text = `portcullis: ${plainText(stage)}: ${grouped(done)}${share}\n`;
      writing = writing.then(() => stderr.write(text));
    },
    done: () => writing,
  };
}
