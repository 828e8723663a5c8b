/** The table and the plot of docs/scale.md, from the figures that `node bench/scan.ts --save` wrote. */
import { z } from 'zod';

const scaleFigures = z.object({
  calls: z.array(
    z.object({
      clusters: z.number(),
      subscriptions: z.number(),
      scan: z.string(),
      shards: z.number(),
      resourceGraph: z.number(),
      resourceManager: z.number(),
      microsoftGraph: z.number(),
      throttled: z.number(),
      waitedSeconds: z.number(),
      forcedSeconds: z.number(),
    }),
  ),
  works: z.array(
    z.object({
      clusters: z.number(),
      checks: z.number(),
      shards: z.number(),
      cpuMsPerCluster: z.number(),
      peakMegabytes: z.number(),
    }),
  ),
});
type ScaleFigures = z.infer<typeof scaleFigures>;

/** The page with its table anew, and the plot beside it. @throws ZodError for figures of another shape. */
export function scalePages(page: string, figures: unknown): readonly (readonly [string, string])[] {
  const parsed = scaleFigures.parse(figures);
  const begin = '<!-- figures -->\n';
  const end = '\n<!-- end of figures -->';
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  return [
    ['docs/scale.md', `${before}${begin}\n${tableOf(parsed)}\n${end}${after}`],
    ['docs/scale.svg', plotOf(parsed)],
  ];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function tableOf({ calls, works }: ScaleFigures): string {
  return [
    ...table(
      [
        'clusters',
        'subscriptions',
        'scan',
        'shards',
        'Resource Graph',
        'Resource Manager',
        'Microsoft Graph',
        'refused',
        'waited',
        'forced',
      ],
      calls.map((one) => [
        number(one.clusters),
        number(one.subscriptions),
        one.scan,
        number(one.shards),
        number(one.resourceGraph),
        number(one.resourceManager),
        number(one.microsoftGraph),
        number(one.throttled),
        `${one.waitedSeconds.toFixed(0)} s`,
        `${one.forcedSeconds.toFixed(0)} s`,
      ]),
    ),
    '',
    ...table(
      ['clusters', 'checks', 'shards', 'CPU a cluster', 'peak memory'],
      works.map((one) => [
        number(one.clusters),
        number(one.checks),
        number(one.shards),
        `${one.cpuMsPerCluster.toFixed(0)} ms`,
        `${number(one.peakMegabytes)} MB`,
      ]),
    ),
  ].join('\n');
}

/** A table as the formatter writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((name, at) =>
    Math.max(3, name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(line),
  ];
}

const [width, height, left, right, bottom] = [640, 300, 64, 36, 44];
const budgetMegabytes = 512;

/** Peak memory over clusters, against the budget; clusters in powers of ten. */
function plotOf({ works }: ScaleFigures): string {
  const most = 640;
  const decades = [2, 3, 4, 5];
  const x = (clusters: number) => left + ((Math.log10(clusters) - 2) / 3) * (width - left - right);
  const y = (megabytes: number) => height - bottom - (megabytes / most) * (height - bottom - 20);
  const text = (at: readonly [number, number], says: string, anchor = 'middle') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${says}</text>`;
  const sorted = works.toSorted((a, b) => a.clusters - b.clusters);
  const points = sorted.map(
    ({ clusters, peakMegabytes }) => `${x(clusters).toFixed(1)},${y(peakMegabytes).toFixed(1)}`,
  );
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    '<title>Peak memory of one worker over the number of clusters</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...decades.map((power) => {
      const at = x(10 ** power).toFixed(1);
      return `<path d="M${at} 20V${height - bottom}" stroke="#ddd"/>${text([Number(at), height - bottom + 16], number(10 ** power))}`;
    }),
    ...[0, 128, 256, 384, 512].map((megabytes) =>
      text([left - 8, y(megabytes) + 4], `${megabytes} MB`, 'end'),
    ),
    `<path d="M${left} ${y(budgetMegabytes).toFixed(1)}H${width - right}" stroke="#c33" stroke-dasharray="4 4"/>`,
    text([width - right - 4, y(budgetMegabytes) - 6], 'budget', 'end'),
    `<polyline points="${points.join(' ')}" fill="none" stroke="#06c" stroke-width="2"/>`,
    ...points.map((point) => {
      const [px = '', py = ''] = point.split(',');
      return `<circle cx="${px}" cy="${py}" r="4" fill="#06c"/>`;
    }),
    text([(left + width) / 2, height - 8], 'clusters'),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}
