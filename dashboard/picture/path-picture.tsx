import type { Explanation } from '../api/api-types.ts';
import { useQuery } from '../routing/use-query.ts';
import { oneOf } from '../routing/query.ts';
import { AccessLane } from './access-lane.tsx';
import { choiceOf } from './choice.ts';
import { ChoicePanel } from './choice-panel.tsx';
import { type Path, isGood } from './explained.ts';
import { NeedsList } from './needs-list.tsx';
import { PathLane } from './path-lane.tsx';
import styles from './path-picture.module.css';

/** How packets and permissions of one cluster go, place by place, the worst first. */
export function PathPicture({ explanation }: { readonly explanation: Explanation }) {
  const [search, change] = useQuery();
  const chosen = oneOf(search, 'hop');
  const choose = (id: string): void => change({ hop: id });
  const { inbound, outbound, needs, access, restriction } = explanation;
  const choice = chosen === undefined ? undefined : choiceOf(explanation, chosen);
  return (
    <div className={styles.picture}>
      <section>
        <h3 className={styles.heading}>Callers to the scoring endpoint</h3>
        {inbound.length === 0 ? (
          <p className={styles.none}>{noInbound(explanation)}</p>
        ) : (
          <ul className={styles.lanes}>
            {worstFirst(inbound).map(([path, index]) => (
              <PathLane
                key={index}
                path={path}
                id={`in.${index}`}
                ends={['Callers', 'Scoring endpoint']}
                chosen={chosen}
                onChoose={choose}
              />
            ))}
          </ul>
        )}
      </section>
      <section>
        <h3 className={styles.heading}>Nodes and pods to the outside</h3>
        <ul className={styles.lanes}>
          {worstFirst(outbound).map(([path, index]) => (
            <PathLane
              key={index}
              path={path}
              id={`out.${index}`}
              ends={['Nodes and pods', 'Destination']}
              chosen={chosen}
              onChoose={choose}
            />
          ))}
        </ul>
        {needs.length === 0 || restriction === 'none' ? null : (
          <>
            <p className={styles.none}>
              {restriction === 'certain'
                ? 'Outbound is restricted'
                : 'Outbound is perhaps restricted'}
              . What must be reached all the same:
            </p>
            <NeedsList needs={needs} chosen={chosen} onChoose={choose} />
          </>
        )}
      </section>
      <section>
        <h3 className={styles.heading}>Identity to role to scope</h3>
        {access.length === 0 ? (
          <p className={styles.none}>
            No permission is asked for: the cluster has no network of yours.
          </p>
        ) : (
          <ul className={styles.lanes}>
            {access.map((one, index) => (
              <AccessLane
                key={`${one.scope} ${one.why}`}
                access={one}
                id={`role.${index}`}
                identity={identityText(explanation)}
                chosen={chosen}
                onChoose={choose}
              />
            ))}
          </ul>
        )}
      </section>
      {choice === undefined ? null : (
        <ChoicePanel choice={choice} onClose={() => change({ hop: undefined })} />
      )}
    </div>
  );
}

function worstFirst(paths: readonly Path[]): readonly (readonly [Path, number])[] {
  const numbered = paths.map((path, index) => [path, index] as const);
  return numbered.toSorted(([a], [b]) => rank(a) - rank(b));
}

function rank(path: Path): number {
  if (isGood(path)) return 2;
  return path.verdict === 'unknown' ? 1 : 0;
}

function noInbound({ facts }: Explanation): string {
  if (facts.settings.callers.kind === 'notConfigured') {
    return 'Nobody has said who calls: name the callers in the settings, and their way is drawn here.';
  }
  if (facts.settings.callers.kind === 'none') return 'The settings say that nobody outside calls.';
  return facts.scoringEndpoints.known
    ? 'It has no scoring endpoint of its own.'
    : 'Its scoring endpoint could not be read.';
}

function identityText({ facts: { identity } }: Explanation): string {
  if (!identity.known) return 'not known';
  const { kind, principalId } = identity.value;
  return `${identityKinds[kind]} ${principalId}`;
}

const identityKinds = {
  servicePrincipal: 'Service principal',
  systemAssigned: 'System-assigned identity',
  userAssigned: 'User-assigned identity',
} as const;
