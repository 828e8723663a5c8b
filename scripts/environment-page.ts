import type { EnvironmentVariable } from '../shared/settings/environment.ts';
import { table } from './check-pages.ts';

/** The page of the environment: every variable, from the schema that reads it. */
export function environmentPage(variables: readonly EnvironmentVariable[]): string {
  const values = Object.fromEntries(
    variables
      .filter(({ name, required }) => required || name === 'AzureWebJobsStorage')
      .map(({ name, examples: [example = ''] }) => [name, example]),
  );
  const local = { IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: 'node', ...values } };
  return `${[
    '# The environment',
    'What the functions are told by app settings. An empty one counts as not set. While one is wrong, nothing is scanned: `GET /api/health` answers 503 with `configuration: wrong`, `GET /api/reports/latest` answers 500, and the log says which variable it is and what to write, never its value. A file or blob that a variable names is read at each scan; where it cannot be, the scan fails, and the log names the place. The fields of the schedule are judged by the Functions host, in its own words. One way to the storage account must be set; of several, the connection string holds, then the address.',
    table(
      ['Variable', 'What it says', 'Default'],
      variables.map(({ name, says, required, fallback, examples }) => [
        `\`${name}\``,
        `${says}${examples.length === 1 ? ` Example: \`${examples[0]}\`.` : ''}`,
        required ? 'must be set' : fallback === undefined ? '–' : `\`${fallback}\``,
      ]),
    ),
    "Whoever signs in beyond that is found by Azure's own library, [DefaultAzureCredential](https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains#defaultazurecredential-overview), which reads `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and others of its own. The Functions host reads [more](https://learn.microsoft.com/azure/azure-functions/functions-app-settings), for instance `AzureWebJobsStorage__credential`.",
    "The secrets of alert sinks stand in app settings of your own, whose names begin with `PORTCULLIS_ALERT_`; the settings name them (`keyFrom`, `valueFrom`, `urlFrom`, see [alerts.md](alerts.md)). No other app setting can be named there. Application Insights' library has switches of its own, for instance `APPLICATION_INSIGHTS_NO_STATSBEAT`.",
    '## On a laptop',
    '`npm start` sets all of it by itself. Under Azure Functions Core Tools (`func start`, after `npm run build`) it stands in `local.settings.json`, which Git ignores because it may hold secrets:',
    `\`\`\`json\n${JSON.stringify(local, null, 2)}\n\`\`\``,
  ].join('\n\n')}\n`;
}
