/** The direction of DESIGN: domain ← services ← {activities, api}; domain ← workflows; adapters → domain; entry points wire. */
const from = (path, extra = {}) => ({ path, pathNot: '\\.test\\.ts$', ...extra });

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: 'node_modules' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'domain-is-alone', severity: 'error', from: from('^domain/'), to: { pathNot: '^domain/' } },
    {
      name: 'workflows-know-domain-and-contracts',
      severity: 'error',
      from: from('^workflows/'),
      to: { pathNot: '^(workflows|domain)/|^activities/contracts\\.ts$|@temporalio/(workflow|common)' },
    },
    {
      name: 'services-know-domain-and-postgres',
      severity: 'error',
      from: from('^services/'),
      to: { path: '^(api|activities|workflows|workers|detectors|stack|config|console|adapters/(?!postgres/))' },
    },
    {
      name: 'activities-do-not-know-callers',
      severity: 'error',
      from: from('^activities/'),
      to: { path: '^(api|workers|stack|config|console|workflows/(?!contracts\\.ts))' },
    },
    {
      name: 'api-does-not-reach-below-services',
      severity: 'error',
      from: from('^api/', { pathNot: '^api/main\\.ts$|\\.test\\.ts$' }),
      to: { path: '^(workers|activities|stack|config|detectors|workflows/(?!contracts\\.ts))' },
    },
    {
      name: 'adapters-know-only-domain',
      severity: 'error',
      from: from('^adapters/'),
      to: { path: '^(services|activities|api|workers|workflows|detectors|stack|config|console)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: from('^adapters/([^/]+)/'),
      to: { path: '^adapters/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'detectors-do-not-know-the-system',
      severity: 'error',
      from: from('^detectors/'),
      to: { path: '^(services|activities|api|workers|workflows|stack|config|console)/' },
    },
    {
      name: 'nothing-but-tests-and-entry-points-uses-the-stack',
      severity: 'error',
      from: from('^(domain|services|adapters|activities|workflows|api|workers|detectors|config)/'),
      to: { path: '^stack/' },
    },
    {
      name: 'console-knows-only-the-generated-client',
      severity: 'error',
      from: from('^console/src/'),
      to: { path: '^(domain|services|adapters|activities|workflows|api|workers|detectors|config|stack)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/(?!@temporalio))' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
};
