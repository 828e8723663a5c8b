import { describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { memorySpool } from '../../shared/reports/json-report.ts';
import {
  type FormatOptions,
  type ReportFormat,
  reportFormats,
  reportIn,
} from '../../shared/reports/report-formats.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { badNight } from './made-up-scan.ts';

/** Spools, and how many of them hold something that nobody let go of. */
function countedSpools() {
  let open = 0;
  const spool: FormatOptions['spool'] = () => {
    const own = memorySpool();
    let isOpen = false;
    return {
      ...own,
      write(text) {
        if (!isOpen) open += 1;
        isOpen = true;
        return own.write(text);
      },
      discard() {
        if (isOpen) open -= 1;
        isOpen = false;
        return own.discard();
      },
    };
  };
  return { spool, open: () => open };
}

function printing(format: ReportFormat, audit: Audit) {
  const { spool, open } = countedSpools();
  const pieces = reportIn(format, audit, { table: {}, checks: catalogue, version: '1.2.3', spool });
  return { pieces, open };
}

describe.each(reportFormats)('what a report as %s puts aside', (format) => {
  test('is let go of at its end', async () => {
    const { pieces, open } = printing(format, badNight());
    let length = 0;
    for await (const piece of pieces) length += piece.length;
    expect(length).toBeGreaterThan(0);
    expect(open()).toBe(0);
  });

  test('is let go of where whoever reads it leaves', async () => {
    const { pieces, open } = printing(format, badNight());
    let first: string | undefined;
    for await (const piece of pieces) {
      first = piece;
      break;
    }
    expect(first).toBeDefined();
    expect(open()).toBe(0);
  });

  test('is let go of where the audit fails', async () => {
    const night = badNight();
    const { pieces, open } = printing(format, {
      ...night,
      finish: () => Promise.reject(new Error('it broke')),
    });
    await expect(pieces.next()).rejects.toThrow('it broke');
    expect(open()).toBe(0);
  });
});
