// Runs the shop: two processes that answer, as many as the machine has cores, and one that does the jobs.
const cluster = require("node:cluster");
const { bootstrap, bootstrapWorker } = require("@vendure/core");
const { config } = require("./config");

async function run() {
  if (cluster.isWorker && process.env.ROLE === "web") {
    await bootstrap(config);
  } else if (cluster.isWorker) {
    await (await bootstrapWorker(config)).startJobQueue();
  } else {
    for (const ROLE of ["web", "web", "jobs"]) cluster.fork({ ROLE });
    // Half a shop must not be measured.
    cluster.on("exit", () => process.exit(1));
    process.on("SIGTERM", () => process.exit(0));
  }
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
