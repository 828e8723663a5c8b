import { Button } from '@fluentui/react-components';
import { useState } from 'react';
import { useResource } from '../../api/use-resource.ts';
import { DecisionButtons } from '../../decisions/decision-buttons.tsx';
import { ExemptionDialog } from '../../exemptions/exemption-dialog.tsx';
import { TransitionList } from '../../history/transition-list.tsx';
import { EvidenceList } from '../../marks/evidence-list.tsx';
import { NoPlanNote } from '../../plans/no-plan-note.tsx';
import { PlanView } from '../../plans/plan-view.tsx';
import { SnippetTabs } from '../../plans/snippet-tabs.tsx';
import { RemediationList } from '../../remediations/remediation-list.tsx';
import { RemediationMark } from '../../remediations/remediation-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { Page } from '../../shell/page.tsx';
import { Paragraphs } from '../../shell/paragraphs.tsx';
import { FindingHead } from './finding-head.tsx';
import styles from './finding-view.module.css';

/** One finding: the proof, the fix, and who decides about it. */
export function FindingView({ fingerprint }: { readonly fingerprint: string }) {
  const resource = useResource('/findings/{fingerprint}', { path: { fingerprint } });
  const [isExempting, setExempting] = useState(false);
  const { data } = resource;
  return (
    <Page
      title={data === undefined ? 'Finding' : `${data.checkId} on ${data.clusterName}`}
      crumbs={[{ text: 'Findings', href: pathTo('findings') }]}
      resource={resource}
    >
      {(finding) => {
        const [newest] = finding.remediations;
        return (
          <div className={styles.parts}>
            <FindingHead finding={finding} />
            <Card
              title="What to do"
              more={newest === undefined ? null : <RemediationMark state={newest.state} />}
            >
              {newest === undefined ? null : (
                <div className={styles.decide}>
                  <DecisionButtons remediation={newest} onDecided={resource.retry} />
                  <AppLink href={pathTo('remediations', newest.id)}>The remediation</AppLink>
                </div>
              )}
              {newest?.state === 'done' && finding.state === 'open' ? (
                <p className={styles.note}>
                  The fix is in place. The finding resolves when the cluster is next checked.
                </p>
              ) : null}
              {finding.noPlan === null || newest?.state === 'done' ? null : (
                <NoPlanNote noPlan={finding.noPlan} />
              )}
              {finding.plan === null ? (
                <Paragraphs text={finding.advice} />
              ) : (
                <PlanView plan={finding.plan} evidence={finding.evidence} />
              )}
              {finding.state === 'open' ? (
                <p className={styles.exempt}>
                  <Button onClick={() => setExempting(true)}>Exempt…</Button>
                </p>
              ) : null}
            </Card>
            {finding.snippets === null ? null : (
              <Card title="The same by hand">
                <SnippetTabs snippets={finding.snippets} />
              </Card>
            )}
            <Card
              title="Proof"
              more={
                <AppLink href={pathTo('clusters', finding.clusterKey)}>See it on the path</AppLink>
              }
            >
              <EvidenceList evidence={finding.evidence} />
            </Card>
            <Card title="What happened">
              <TransitionList transitions={finding.history.toReversed()} withCheck={false} />
            </Card>
            {finding.remediations.length < 2 ? null : (
              <Card title="Remediations">
                <RemediationList remediations={finding.remediations} />
              </Card>
            )}
            {isExempting ? (
              <ExemptionDialog finding={finding} onClose={() => setExempting(false)} />
            ) : null}
          </div>
        );
      }}
    </Page>
  );
}
