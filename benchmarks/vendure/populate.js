// Fills an empty database with four copies of Vendure's sample shop: 216 products, and stock that lasts.
const fs = require("node:fs");
const path = require("node:path");
const { JobQueueService, TransactionalConnection, bootstrap } = require("@vendure/core");
const { populate } = require("@vendure/core/cli");
const { parse } = require("csv-parse/sync");
const { config, samples } = require("./config");

const COPIES = ["", "II", "III", "IV"];

function sheet() {
  const sample = parse(fs.readFileSync(path.join(samples, "products.csv")), { columns: true, trim: true });
  const rows = COPIES.flatMap((copy) => sample.map((row) => copied(row, copy)));
  const lines = [Object.keys(rows[0]), ...rows.map(Object.values)].map((cells) => cells.map(quoted).join(","));
  const file = path.join(__dirname, "products.csv");
  fs.writeFileSync(file, lines.join("\n"));
  return file;
}

function copied(row, copy) {
  // The rows below a product's first, its further variants, have no name.
  const own = copy && row.name ? { name: `${row.name} ${copy}`, slug: `${row.slug}-${copy.toLowerCase()}` } : {};
  return { ...row, ...own, sku: `${row.sku}${copy}`, stockOnHand: "1000000" };
}

const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;

async function drained(app) {
  const { rawConnection } = app.get(TransactionalConnection);
  for (let empty = 0; empty < 3; ) {
    await new Promise((done) => setTimeout(done, 1000));
    const open = "SELECT 1 FROM job_record WHERE state IN ('PENDING', 'RUNNING', 'RETRYING') LIMIT 1";
    empty = (await rawConnection.query(open)).length ? 0 : empty + 1;
  }
}

async function run() {
  const initial = JSON.parse(fs.readFileSync(path.join(samples, "initial-data.json")));
  const app = await populate(() => bootstrap(config), initial, sheet());
  // The search index and the collections are filled by jobs.
  await app.get(JobQueueService).start();
  await drained(app);
  process.exit(0);
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
