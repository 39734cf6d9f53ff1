import { createServer } from "node:http";
import pg from "pg";

// The plainest door there is: node:http and one committed INSERT a request. What ours is compared with.
const pool = new pg.Pool({ connectionString: process.argv[2] ?? "", max: 20 });
await pool.query(
  "CREATE TABLE IF NOT EXISTS reference (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)",
);
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    await pool.query("INSERT INTO reference (body) VALUES ($1)", [Buffer.concat(chunks).toString("utf8")]);
    response.writeHead(204).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
});
process.once("disconnect", () => process.exit(0));
