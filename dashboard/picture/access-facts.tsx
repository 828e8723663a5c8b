import { MissingList } from '../marks/missing-list.tsx';
import { PortalLink } from '../marks/portal-link.tsx';
import { scopeText } from '../wording/resource-ids.ts';
import type { Access } from './explained.ts';
import styles from './facts.module.css';

/** Which roles an identity holds of what is asked for, where they are assigned, what is lacking. */
export function AccessFacts({ access }: { readonly access: Access }) {
  const { asks, why, grants, lacking, cutBy, missing, scope } = access;
  return (
    <div className={styles.facts}>
      <p>
        {why === 'guidance' ? 'Microsoft’s guidance asks for' : 'AKS needs at least'}
        {` ${asks.join(', ')}.`}
      </p>
      {grants.length === 0 ? <p>No role is known to give any of it.</p> : null}
      {grants.map((grant) => (
        <section key={grant.assignmentId} className={styles.item}>
          <p className={styles.name}>{grant.role}</p>
          <p>{`Assigned at ${scopeText(grant.scope)}`}</p>
          {grant.groups.length === 0 ? null : (
            <p>{`Through membership of ${grant.groups.join(', ')}`}</p>
          )}
          <p className={styles.soft}>{`Gives ${grant.gives.join(', ')}`}</p>
          <PortalLink id={grant.scope} />
        </section>
      ))}
      {lacking === null ? null : <p>{`It lacks ${lacking}.`}</p>}
      {cutBy === null ? null : (
        <p>
          {`Deny assignment ${cutBy.name} at ${scopeText(cutBy.scope)} takes ${cutBy.pattern} away.`}
        </p>
      )}
      <MissingList missing={missing} />
      <PortalLink id={scope} />
    </div>
  );
}
