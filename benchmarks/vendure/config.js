// Vendure as its documentation sets it up for production, with the search index that it ships.
const path = require("node:path");
const { AssetServerPlugin } = require("@vendure/asset-server-plugin");
const {
  DefaultJobQueuePlugin,
  DefaultLogger,
  DefaultSchedulerPlugin,
  DefaultSearchPlugin,
  LogLevel,
  dummyPaymentHandler,
} = require("@vendure/core");

const { PEER_PORT, PEER_DATABASE, PEER_SECRET } = process.env;

exports.samples = path.join(__dirname, "node_modules/@vendure/create/assets");

exports.config = {
  apiOptions: {
    hostname: "127.0.0.1",
    port: Number(PEER_PORT),
    adminApiPath: "admin-api",
    shopApiPath: "shop-api",
    cors: { origin: [], credentials: true },
  },
  authOptions: {
    // A cart is found by its token, which a flow of a benchmark carries in a header.
    tokenMethod: ["bearer", "cookie"],
    superadminCredentials: { identifier: "admin", password: PEER_SECRET },
    cookieOptions: { secret: PEER_SECRET },
  },
  dbConnectionOptions: {
    type: "postgres",
    url: PEER_DATABASE,
    synchronize: process.argv[1].endsWith("populate.js"),
    logging: false,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: path.join(exports.samples, "images") },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  plugins: [
    AssetServerPlugin.init({ route: "assets", assetUploadDir: path.join(__dirname, "assets") }),
    DefaultJobQueuePlugin.init({ useDatabaseForBuffer: true }),
    DefaultSchedulerPlugin.init(),
    DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: true }),
  ],
};
