import { expect, test } from "vitest";
import { exchangeHttp } from "./http.js";

/** A server that answers these pieces, whatever it is asked. */
function server(...pieces: string[]) {
  const told = { sent: "", ended: "" };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
    cancel(reason) {
      told.ended = String(reason);
    },
  };
  const writable = new WritableStream<Uint8Array>({
    write(chunk) {
      told.sent += new TextDecoder().decode(chunk);
    },
  });
  return { connection: { readable: new ReadableStream(source, { highWaterMark: 0 }), writable }, told };
}

const get = (init?: RequestInit) => new Request("http://localhost:8080/a?b=c", init);

test("what is asked: the path, the host, a body with its length, no header of the connection", async () => {
  const { connection, told } = server("HTTP/1.1 204 No Content\r\n\r\n");
  const headers = { "X-One": "1", Upgrade: "websocket", "Content-Type": "text/plain" };
  expect((await exchangeHttp(connection, get({ method: "POST", body: "hello", headers }))).status).toBe(204);
  expect(told.sent).toBe(
    "POST /a?b=c HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\ncontent-type: text/plain\r\nx-one: 1\r\nContent-Length: 5\r\n\r\nhello",
  );
});

test.each<[string, string[]]>([
  ["a length", ["HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\nhello", " worldand more"]],
  ["the connection's end", ["HTTP/1.1 200 OK\nX-Y: z\n\nhello", " world"]],
  [
    "chunks",
    ["HTTP/1.1 200 OK\r\nTransfer-", "Encoding: chunked\r\n\r\n5;x=y\r\nhel", "lo\r\n6\r\n world\r\n0\r\n\r\n"],
  ],
  ["a first answer that is none", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\n\r\nhello world"]],
])("a body that ends with %s", async (_, pieces) => {
  const { connection } = server(...pieces);
  const answer = await exchangeHttp(connection, get());
  expect([answer.status, await answer.text()]).toEqual([200, "hello world"]);
  expect(answer.headers.has("transfer-encoding")).toBe(false);
});

test("status, headers, several of a name; none of the body is waited for where there is none", async () => {
  const { connection, told } = server(
    "HTTP/1.1 404 Not Found\r\nSet-Cookie: a=b\r\nset-cookie:c=d \r\nContent-Length: 9\r\n\r\n",
  );
  const answer = await exchangeHttp(connection, get({ method: "HEAD" }));
  expect([answer.status, answer.statusText, answer.body]).toEqual([404, "Not Found", null]);
  expect(answer.headers.getSetCookie()).toEqual(["a=b", "c=d"]);
  expect(told.ended).toBe("nothing more comes");
});

test.each<[string, string[], string]>([
  ["nothing", [], "no answer"],
  ["no HTTP", ["SSH-2.0-x\r\n"], "no HTTP answer: SSH-2.0-x"],
  ["half a head", ["HTTP/1.1 200 OK\r\nA: b\r\n"], "the answer ends in its headers"],
  ["a header that is none", ["HTTP/1.1 200 OK\r\n: b\r\n\r\n"], "no header: : b"],
  ["an endless line", ["HTTP/1.1 200 ", "x".repeat(20000)], "a line of more than 16384 bytes"],
  ["a length that is none", ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"], "content-length -1"],
])("%s is no answer", async (_, pieces, message) => {
  const { connection } = server(...pieces);
  await expect(exchangeHttp(connection, get())).rejects.toThrow(message);
});

test("a body that is cut short fails; who stops reading ends the connection", async () => {
  const cut = await exchangeHttp(server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").connection, get());
  await expect(cut.text()).rejects.toThrow("the answer ends 2 bytes early");
  const whole = server("HTTP/1.1 200 OK\r\n\r\nhello", " world");
  const answer = await exchangeHttp(whole.connection, get());
  await answer.body!.cancel("enough");
  expect(whole.told.ended).toBe("enough");
});
