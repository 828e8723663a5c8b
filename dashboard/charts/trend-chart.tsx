import { useId } from 'react';
import type { TrendPoint } from '../api/api-types.ts';
import { momentText } from '../wording/moments.ts';
import { postureWords } from '../wording/words.ts';
import { Scroll } from '../shell/scroll.tsx';
import styles from './trend-chart.module.css';
import { trendShape } from './trend-shape.ts';
import { useWidth } from './use-width.ts';

const height = 160;
const left = 40;

/** How many clusters were how after each scan; the same as a table below it. */
export function TrendChart({ points }: { readonly points: readonly TrendPoint[] }) {
  const [place, width] = useWidth(480);
  const hatch = useId();
  const shape = trendShape(points, width - left, height);
  const [first] = points;
  const last = points.at(-1);
  if (shape === undefined || first === undefined || last === undefined) {
    return <p>There is no trend before the second scan.</p>;
  }
  return (
    <div>
      <Legend />
      <div ref={place}>
        <svg width={width} height={height + 24} role="img" aria-label={labelOf(first, last)}>
          <defs>
            <pattern
              id={hatch}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="6" height="6" className={styles.unknownGround} />
              <rect width="2" height="6" className={styles.unknownLine} />
            </pattern>
          </defs>
          <g transform={`translate(${left} 4)`}>
            {shape.ticks.map(({ y, text }) => (
              <g key={text}>
                <line x1="0" x2={width - left} y1={y} y2={y} className={styles.grid} />
                <text x="-8" y={y + 4} textAnchor="end" className={styles.text}>
                  {text}
                </text>
              </g>
            ))}
            {shape.areas.map(({ posture, path }) => (
              <path
                key={posture}
                d={path}
                className={styles[posture]}
                fill={posture === 'unknown' ? `url(#${hatch})` : undefined}
              />
            ))}
            <text x="0" y={height + 17} className={styles.text}>
              {dayOf(first.at)}
            </text>
            <text x={width - left} y={height + 17} textAnchor="end" className={styles.text}>
              {dayOf(last.at)}
            </text>
          </g>
        </svg>
      </div>
      <details className={styles.details}>
        <summary>As a table</summary>
        <Scroll className={styles.scroll} label="Trend as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">Scan</th>
                <th scope="col">Clusters</th>
                <th scope="col">Compliant</th>
                <th scope="col">Not known</th>
                <th scope="col">Not compliant</th>
                <th scope="col">Complete</th>
              </tr>
            </thead>
            <tbody>
              {points.toReversed().map((point) => (
                <tr key={point.scanId}>
                  <th scope="row">{momentText(point.at)}</th>
                  <td>{point.clusters}</td>
                  <td>{point.compliant}</td>
                  <td>{point.unknown}</td>
                  <td>{point.nonCompliant}</td>
                  <td>{point.complete ? 'yes' : 'no'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </div>
  );
}

function Legend() {
  return (
    <ul className={styles.legend}>
      {(['nonCompliant', 'unknown', 'compliant'] as const).map((posture) => (
        <li key={posture}>
          <span className={`${styles.swatch} ${styles[`${posture}Swatch`]}`} aria-hidden="true" />
          {postureWords[posture]}
        </li>
      ))}
    </ul>
  );
}

function labelOf(first: TrendPoint, last: TrendPoint): string {
  const part = ({ at, clusters, compliant, nonCompliant, unknown }: TrendPoint): string =>
    `${dayOf(at)}: of ${clusters} clusters ${compliant} compliant, ${nonCompliant} not compliant, ${unknown} not known`;
  return `Clusters over time. ${part(first)}. ${part(last)}.`;
}

function dayOf(at: string): string {
  return momentText(at).split(',')[0] ?? at;
}
