// The static registry over HTTP for a stock dockerd. Plain JavaScript, as it is started inside a namespace.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";

const [folder, port] = process.argv.slice(2);

createServer(async (request, response) => {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  if (path === "/v2/") return response.writeHead(200).end();
  const bytes = await readFile(join(folder, path)).catch(() => undefined);
  if (!bytes) return response.writeHead(404).end();
  const type = path.includes("/manifests/") ? JSON.parse(bytes).mediaType : "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": bytes.length });
  return response.end(request.method === "HEAD" ? undefined : bytes);
}).listen(Number(port), "localhost");
