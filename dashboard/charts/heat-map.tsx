import type { HeatMapCell } from '../api/api-types.ts';
import { follow } from '../routing/app-link.tsx';
import { AppLink } from '../routing/app-link.tsx';
import { changedQuery } from '../routing/query.ts';
import { pathTo } from '../routing/route.ts';
import { counted } from '../wording/numbers.ts';
import { depthOf, heatOf } from './heat.ts';
import { Scroll } from '../shell/scroll.tsx';
import styles from './heat-map.module.css';

/** Which checks fail where: the deeper the colour, the larger the share; stripes are unknown. */
export function HeatMap({ cells }: { readonly cells: readonly HeatMapCell[] }) {
  const { locations, rows } = heatOf(cells);
  if (rows.length === 0) return <p>No check fails, and none is unknown.</p>;
  return (
    <Scroll className={styles.scroll} label="Checks by region">
      <table className={styles.map}>
        <thead>
          <tr>
            <th scope="col">Check</th>
            {locations.map((location) => (
              <th key={location} scope="col">
                {location}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ checkId, cells: inRow }) => (
            <tr key={checkId}>
              <th scope="row">
                <AppLink href={pathTo('checks', checkId)}>{checkId}</AppLink>
              </th>
              {inRow.map((cell, index) => (
                <td key={locations[index]}>{cell === undefined ? null : <Cell cell={cell} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Cell({ cell }: { readonly cell: HeatMapCell }) {
  const { fail, unknown, pass, checkId, location } = cell;
  if (fail + unknown === 0) {
    return <span className={styles.calm}>{pass === 0 ? '–' : `${pass} pass`}</span>;
  }
  const filter = fail > 0 ? { check: checkId, location } : { unknown: checkId, location };
  const href = pathTo('clusters') + changedQuery('', filter);
  const texts = [fail === 0 ? '' : `${fail} fail`, unknown === 0 ? '' : `${unknown} not known`];
  return (
    <a
      className={`${styles.cell} ${styles[`depth${depthOf(cell)}`]} ${unknown > 0 ? styles.striped : ''}`}
      href={href}
      title={`${checkId} in ${location}: ${counted(fail, 'failure')}, ${unknown} not known, ${pass} pass`}
      onClick={(event) => follow(event, href)}
    >
      <span className={styles.label}>{texts.filter(Boolean).join(', ')}</span>
    </a>
  );
}
