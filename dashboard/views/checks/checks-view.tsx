import { useResource } from '../../api/use-resource.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { Page } from '../../shell/page.tsx';
import { remediationKinds } from '../../wording/words.ts';
import { Scroll } from '../../shell/scroll.tsx';
import styles from './checks-view.module.css';

/** The catalogue: what every cluster is held against. */
export function ChecksView() {
  const checks = useResource('/checks', {});
  return (
    <Page title="Checks" subtitle="What every cluster is held against" resource={checks}>
      {(list) => (
        <Scroll className={styles.scroll} label="Checks">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">It should hold that</th>
                <th scope="col">Severity</th>
                <th scope="col">Put right</th>
              </tr>
            </thead>
            <tbody>
              {list.map(({ id, title, severity, remediation }) => (
                <tr key={id}>
                  <td>
                    <AppLink href={pathTo('checks', id)}>{title}</AppLink>
                    <div className={styles.id}>{id}</div>
                  </td>
                  <td>
                    <SeverityMark severity={severity} />
                  </td>
                  <td>{remediationKinds[remediation]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Page>
  );
}
