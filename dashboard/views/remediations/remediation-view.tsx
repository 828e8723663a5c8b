import { useResource } from '../../api/use-resource.ts';
import { DecisionButtons } from '../../decisions/decision-buttons.tsx';
import { PlanView } from '../../plans/plan-view.tsx';
import { SnippetTabs } from '../../plans/snippet-tabs.tsx';
import { RemediationMark } from '../../remediations/remediation-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { FactList } from '../../shell/fact-list.tsx';
import { Page } from '../../shell/page.tsx';
import { momentText } from '../../wording/moments.ts';
import styles from '../findings/finding-view.module.css';
import { AuditTrail } from './audit-trail.tsx';

/** One remediation: what it does, who decided, and every step of it. */
export function RemediationView({ id }: { readonly id: string }) {
  const resource = useResource('/remediations/{id}', { path: { id } });
  const { data } = resource;
  return (
    <Page
      title={data === undefined ? 'Remediation' : `${data.checkId} on ${data.clusterName}`}
      subtitle={
        data === undefined ? undefined : (
          <span role="status">
            <RemediationMark state={data.state} />
          </span>
        )
      }
      crumbs={[{ text: 'Remediations', href: pathTo('remediations') }]}
      resource={resource}
    >
      {(remediation) => (
        <div className={styles.parts}>
          <Card title="Decision">
            {remediation.because === undefined ? null : <p>{remediation.because}</p>}
            <DecisionButtons remediation={remediation} onDecided={resource.retry} />
            <FactList
              facts={[
                ['Asked by', remediation.by],
                ['Approved by', remediation.approvedBy ?? 'nobody'],
                ['Made', momentText(remediation.createdAt)],
                ['Good until', momentText(remediation.expiresAt)],
                ['Mode', `${remediation.mode}: ${remediation.modeBecause}`],
                [
                  'Finding',
                  <AppLink key="finding" href={pathTo('findings', remediation.fingerprint)}>
                    The finding, with its proof
                  </AppLink>,
                ],
              ]}
            />
          </Card>
          <Card title="Plan">
            <PlanView plan={remediation.plan} evidence={[]} />
          </Card>
          <Card title="Audit trail">
            <AuditTrail remediation={remediation} />
          </Card>
          <Card title="The same by hand">
            <SnippetTabs snippets={remediation.plan.snippets} />
          </Card>
        </div>
      )}
    </Page>
  );
}
