import { type Role, roles } from '../shared/model/caller.ts';
import type { Route } from '../shared/api/routes.ts';
import { table } from './check-pages.ts';

/** The page of the API: every resource, from the table that requests are looked up in. */
export function apiPage(routes: readonly Route[]): string {
  return `${[
    '<!-- Made by scripts/docs.ts from shared/api/routes.ts. -->',
    '# The API',
    'JSON over HTTP, for programs and for the dashboard. [openapi.json](openapi.json) has every parameter and answer (OpenAPI 3.1), made from the schemas that requests are checked with; the app gives it as `openapi.json` too.',
    table(
      ['Resource', 'What it is', 'Role', 'By key alone'],
      routes.map(({ method, path, says, role, byKey }) => [
        `\`${method} ${path}\``,
        says,
        role,
        byKey ? 'yes' : '–',
      ]),
    ),
    '## Two doors',
    'Below **`/api/`** stand programs, with a function key (`x-functions-key`, or `?code=`). Where Azure authenticates people (`WEBSITE_AUTH_ENABLED`), the key alone reads, asks what-if and acknowledges alerts; deciding about remediations takes a person with the role. Where it does not, the key is all there is, and whoever holds it may do everything: the journal then says `key holder`. `/api/health` alone is open to anyone: it tells nothing of the estate.',
    'Below **`/dashboard/api/`** stand the same resources for whoever is signed in. The header `x-ms-client-principal` is believed only where `WEBSITE_AUTH_ENABLED` says that Azure sets it; nobody signed in is 401, no role 403.',
    `The roles are app roles of the Entra application: ${roles.map(roleText).join(', ')}.`,
    'What changes anything must come from a page of this app there: `Sec-Fetch-Site: same-origin`, or an `Origin` that is the host, and JSON with its content type. Bodies are bounded (16 KiB; 2 MiB for `what-if`).',
    '## Lists',
    'A page has `limit` rows (100, at most 1,000) and is full unless it is the last; `next` leads to the page behind it, `total` says how many fit. A list that changes meanwhile shows no row twice. Parameters that take several values take them with commas or again and again. What is unknown or ill-formed is 400, naming the field, the value and what to write. Of an app that is deployed, which needs Azure:',
    '```sh\ncurl -H "x-functions-key: $KEY" "https://$APP/api/findings?severity=critical,high&sort=-since&limit=50"\n```',
    'Every answer has a strong ETag, which is another one if and only if the answer is; with `If-None-Match` the same answer is 304. Errors are `{ "error", "next"? }`.',
    '## How fresh',
    'Lists and the overview come from a copy in the instance, at most five seconds old, or, where reading takes long, five times as long as that took: a large tenant costs a fifth of an instance at most, and only while somebody looks. One cluster, finding or remediation is read from the store each time. What somebody decides is seen at once by the instance that was told.',
    '`clusters/{key}/explanation` and `what-if` read Azure as the reader, each cluster at most once a minute whoever asks; `what-if` looks at twelve clusters at most, and says so where more depend on the group. `rollback-preview` does the same for what a remediation made, and reads a cluster again where the remediation has taken a step since.',
    'Whoever may read a plan may see what taking it back would do: `rollback-preview` tells nothing that `what-if` would not, but for the mode, lock or stack that keeps a rollback from happening, and changes nothing, so it asks for `Reader`; taking back asks for `Operator`. What is unknown stands in `outcome`, `isTold` and `remark`, and is never taken for well; `held` says why nothing would be done for now.',
    'Pass and not applicable say no more than that in `clusters/{key}`: the title of the check is the sentence, the explanation has the proof. Evidence there is of failures.',
    '## What is not shown',
    'Settings show no more of an address that alerts go to than its host. Secrets are in app settings, which no answer has.',
  ].join('\n\n')}\n`;
}

const meanings: Readonly<Record<Role, string>> = {
  Reader: 'sees everything',
  Operator: 'acknowledges alerts and takes changes back',
  Approver: 'approves and rejects plans',
};

function roleText(role: Role): string {
  return `\`${role}\` ${meanings[role]}`;
}
