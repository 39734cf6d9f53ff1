import fastify from "fastify";

// A bare Fastify server that takes a body and stores nothing. What the door of reporting webhooks is compared with.
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/", async (_request, reply) => reply.code(204).send());
process.send?.(`${await app.listen({ port: 0, host: "127.0.0.1" })}/`);
process.once("disconnect", () => process.exit(0));
