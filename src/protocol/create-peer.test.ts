import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createPeer, type PeerOptions } from "./create-peer.js";
import { encodeFrame, encodeU32, FrameDecoder } from "./frame-codec.js";
import { type Frame, FrameKind, STREAM_WINDOW_BYTES } from "./frames.js";
import { memoryTransports } from "./memory-transport.js";
import {
  type AgentClient,
  type AgentServer,
  CommandError,
  ProtocolError,
  StreamReset,
  type TextCodec,
} from "./peer.js";
import { PROTOCOL_VERSION } from "./version.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const codec: TextCodec = { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) };
const bytes = (text: string) => encoder.encode(text);

function pair(cut?: (rest: number) => number, page: Partial<PeerOptions> = {}, agent: Partial<PeerOptions> = {}) {
  const [pageTransport, agentTransport] = memoryTransports(cut);
  return {
    pageTransport,
    agentTransport,
    page: createPeer({
      name: "drydock-page",
      transport: pageTransport,
      codec,
      opens: true,
      ...page,
    }) as AgentClient,
    agent: createPeer({
      name: "drydock-agent",
      transport: agentTransport,
      codec,
      opens: false,
      ...agent,
    }) as AgentServer,
  };
}

/** One real end and a hand that writes frames. */
async function halfPair(opens: boolean) {
  const [transport, hand] = memoryTransports();
  const frames: Frame[] = [];
  const parser = new FrameDecoder((kind, id, payload) => frames.push({ kind, id, payload: payload.slice() }));
  hand.onReceive((chunk) => parser.push(chunk));
  const peer = createPeer({ name: "real", transport, codec, opens });
  const send = (kind: FrameKind, id: number, payload: Uint8Array | string = new Uint8Array(0)) =>
    hand.send(encodeFrame(kind, id, typeof payload === "string" ? bytes(payload) : payload));
  await send(FrameKind.hello, 0, JSON.stringify({ protocol: PROTOCOL_VERSION, name: "hand", answer: true }));
  const closed = new Promise<Error>((resolve) => peer.onClose(resolve));
  return { peer, hand, frames, send, closed };
}

/** Long enough for frames to travel both ways several times. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("starting", () => {
  test("both ends become ready, whoever greets", async () => {
    for (const [pageGreets, agentGreets] of [
      [true, true],
      [true, false],
      [false, true],
    ]) {
      const { page, agent } = pair(undefined, { greets: pageGreets }, { greets: agentGreets });
      await Promise.all([page.ready, agent.ready]);
    }
  });

  test("another version is refused with both named", async () => {
    const { page, agent } = pair(undefined, {}, { version: 9 });
    const message = `protocol ${PROTOCOL_VERSION} of drydock-page does not fit protocol 9 of drydock-agent`;
    await expect(page.ready).rejects.toThrow(message);
    await expect(page.ready).rejects.toBeInstanceOf(ProtocolError);
    await expect(agent.ready).rejects.toThrow(
      `protocol 9 of drydock-agent does not fit protocol ${PROTOCOL_VERSION} of drydock-page`,
    );
    await expect(page.call("machine.ping", {})).rejects.toThrow(message);
  });

  test("a page that starts anew finds a clean agent", async () => {
    const { peer: agent, frames, send } = await halfPair(false);
    const restarts: string[] = [];
    agent.onRestart(() => restarts.push("restarted"));
    let answer: (value: object) => void = () => {};
    (agent as unknown as AgentServer).serve(
      "machine.ping",
      () => new Promise((resolve) => (answer = resolve as never)),
    );
    await send(FrameKind.request, 1, JSON.stringify(["machine.ping", {}]));
    const input = agent.input(5);
    const output = agent.output(6);
    const reading = expect(input.read()).rejects.toThrow("hand started anew");
    await send(FrameKind.hello, 0, JSON.stringify({ protocol: PROTOCOL_VERSION, name: "hand" }));
    await reading;
    await expect(output.write(bytes("x"))).rejects.toBeInstanceOf(StreamReset);
    expect(restarts).toEqual(["restarted"]);
    expect(agent.streams).toBe(0);
    const before = frames.length;
    answer({ uptimeMs: 1, epochMs: 0 });
    await settle();
    expect(frames.length).toBe(before);
    expect(frames.filter(({ kind }) => kind === FrameKind.hello).length).toBe(2);
    await send(FrameKind.request, 1, JSON.stringify(["nothing", {}]));
    await settle();
    expect(frames.at(-1)!.kind).toBe(FrameKind.failure);
  });

  test("an agent that starts anew rejects the calls under way", async () => {
    const { peer: page, send } = await halfPair(true);
    const call = expect((page as unknown as AgentClient).call("machine.ping", {})).rejects.toThrow("started anew");
    await send(FrameKind.hello, 0, JSON.stringify({ protocol: PROTOCOL_VERSION, name: "hand" }));
    await call;
  });

  test("frames before the other end's hello are dropped", async () => {
    const [transport, hand] = memoryTransports();
    const page = createPeer({ name: "real", transport, codec, opens: true });
    await hand.send(encodeFrame(FrameKind.reply, 99, bytes("{}")));
    await hand.send(
      encodeFrame(FrameKind.hello, 0, bytes(JSON.stringify({ protocol: PROTOCOL_VERSION, name: "hand" }))),
    );
    await page.ready;
  });
});

describe("calls and events", () => {
  test("bytes beside params and result travel as they are", async () => {
    const { page, agent } = pair();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    agent.serve("container.update", ({ id, calls }) => ({ report: Uint8Array.from([id.length, ...calls]) }));
    const { report } = await page.call("container.update", { id: "c\n", calls: all });
    expect([...report]).toEqual([2, ...all]);
    expect(await page.call("container.update", { id: "", calls: new Uint8Array(0) })).toEqual({
      report: new Uint8Array(1),
    });
  });

  test("replies, in any order", async () => {
    const { page, agent } = pair();
    agent.serve("container.pause", async ({ id }) => {
      await new Promise((resolve) => setTimeout(resolve, id === "slow" ? 10 : 0));
      if (id === "bad") throw Object.assign(new Error("x"), { failure: { code: "not-found", message: "no bad" } });
      return {};
    });
    agent.serve("machine.ping", () => ({ uptimeMs: 12, epochMs: 0 }));
    const slow = page.call("container.pause", { id: "slow", paused: true });
    expect(await page.call("machine.ping", {})).toEqual({ uptimeMs: 12, epochMs: 0 });
    const error = await page.call("container.pause", { id: "bad", paused: true }).catch((error) => error);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ command: "container.pause", failure: { code: "not-found", message: "no bad" } });
    expect(await slow).toEqual({});
  });

  test("failures of the kernel, of the handler and of nobody", async () => {
    const { page, agent } = pair();
    agent.serve("process.signal", () => {
      throw Object.assign(new Error("kill 7: ESRCH"), { errno: "ESRCH", call: "kill" });
    });
    agent.serve("machine.ping", () => {
      throw new TypeError("undefined is not a function");
    });
    const failure = (call: Promise<unknown>) => call.catch((error: CommandError) => error.failure);
    expect(await failure(page.call("process.signal", { pid: 7, signal: 9 }))).toEqual({
      code: "system",
      message: "kill 7: ESRCH",
      errno: "ESRCH",
      call: "kill",
    });
    expect(await failure(page.call("machine.ping", {}))).toMatchObject({ code: "internal" });
    expect(await failure(page.call("file.sync", {}))).toEqual({
      code: "unknown-command",
      message: "unknown command file.sync",
    });
  });

  test("events, until the listener is disposed", async () => {
    const { page, agent } = pair((rest) => Math.ceil(rest / 3));
    await Promise.all([page.ready, agent.ready]);
    const heard: number[] = [];
    const subscription = page.on("process.exited", ({ pid }) => heard.push(pid));
    agent.tell("process.exited", { pid: 1, exitCode: 0 });
    await settle();
    subscription.dispose();
    agent.tell("process.exited", { pid: 2, exitCode: 0 });
    await settle();
    expect(heard).toEqual([1]);
  });

  test("closing rejects what is under way on both ends", async () => {
    const { page, agent } = pair();
    agent.serve("machine.ping", () => new Promise(() => {}));
    const call = page.call("machine.ping", {});
    const reading = page.openInput().read();
    const agentGone = new Promise<Error>((resolve) => agent.onClose(resolve));
    await page.ready;
    page.dispose();
    await expect(call).rejects.toBeInstanceOf(ProtocolError);
    await expect(reading).rejects.toBeInstanceOf(ProtocolError);
    await expect(page.call("machine.ping", {})).rejects.toThrow("the channel was closed");
    expect((await agentGone).message).toBe("the channel was closed");
  });
});

describe("streams", () => {
  test("data that comes before the handler asks is kept, its end too", async () => {
    const { page, agent } = pair();
    agent.serve("machine.echo", async ({ from, to }) => {
      await settle();
      const data = await readAll(agent.input(from));
      const output = agent.output(to);
      await output.write(data);
      await output.end();
      return { bytes: data.length };
    });
    const output = page.openOutput();
    const input = page.openInput();
    const call = page.call("machine.echo", { from: output.id, to: input.id });
    await output.write(bytes("before"));
    await output.end();
    expect((await readAll(input)).toString()).toBe("before");
    expect(await call).toEqual({ bytes: 6 });
    expect([page.streams, agent.streams]).toEqual([0, 0]);
  });

  test("a writer waits at the window until the reader has read", async () => {
    const { page, agent, pageTransport } = pair();
    await page.ready;
    const output = page.openOutput();
    let written = false;
    const writing = output.write(new Uint8Array(STREAM_WINDOW_BYTES + 1)).then(() => (written = true));
    await settle();
    expect(written).toBe(false);
    const sent = pageTransport.sentBytes;
    expect(sent).toBeLessThan(STREAM_WINDOW_BYTES + 500);
    const input = agent.input(output.id);
    expect((await input.read())!.length).toBe(16384);
    await settle();
    expect(pageTransport.sentBytes).toBe(sent);
    await input.read();
    await writing;
    await output.end();
    expect((await readAll(input)).length).toBe(STREAM_WINDOW_BYTES + 1 - 32768);
  });

  test("cancelled by the reader", async () => {
    const { page, agent } = pair();
    await page.ready;
    const output = page.openOutput();
    const reasons: string[] = [];
    output.onCancel((reason) => reasons.push(reason));
    const writing = output.write(new Uint8Array(200_000));
    const input = agent.input(output.id);
    await input.read();
    input.cancel("enough");
    await expect(writing).rejects.toThrow("enough");
    expect(await input.read()).toBeNull();
    await settle();
    expect(reasons).toEqual(["enough"]);
    expect([page.streams, agent.streams]).toEqual([0, 0]);
  });

  test("cancelled by the page before the agent writes", async () => {
    const { page, agent } = pair();
    await Promise.all([page.ready, agent.ready]);
    const input = page.openInput();
    input.cancel("gone");
    await settle();
    const output = agent.output(input.id);
    const cancelled = new Promise((resolve) => output.onCancel(resolve));
    await output.write(bytes("late"));
    expect(await cancelled).toBe("not open");
    expect([page.streams, agent.streams]).toEqual([0, 0]);
  });

  test("reset by the writer: what came before it can still be read", async () => {
    const { page, agent } = pair();
    await page.ready;
    const output = page.openOutput();
    await output.write(bytes("part"));
    output.reset("broke off");
    const input = agent.input(output.id);
    expect(decoder.decode((await input.read())!)).toBe("part");
    await expect(input.read()).rejects.toThrow("broke off");
    expect([page.streams, agent.streams]).toEqual([0, 0]);
  });

  test("streams that no command asked for do not pile up", async () => {
    const { page, agent } = pair();
    await page.ready;
    for (let i = 0; i < 500; i++) {
      const output = page.openOutput();
      await output.write(bytes("unwanted"));
      await output.end();
    }
    await settle();
    expect([page.streams, agent.streams]).toEqual([0, 0]);
  });

  test.each([
    ["whole", undefined],
    ["randomly cut", (rest: number) => 1 + Math.floor(Math.random() * Math.min(rest, 5000))],
  ])("50 MB both ways, %s, arrive intact", async (_name, cut) => {
    const { page, agent } = pair(cut);
    agent.serve("machine.echo", async ({ from, to }) => {
      let total = 0;
      const output = agent.output(to);
      for await (const chunk of agent.input(from)) {
        total += chunk.length;
        await output.write(chunk);
      }
      await output.end();
      return { bytes: total };
    });
    const output = page.openOutput();
    const input = page.openInput();
    const call = page.call("machine.echo", { from: output.id, to: input.id });
    const block = randomBytes(1_000_003);
    const sent = createHash("sha256");
    const received = createHash("sha256");
    const writing = (async () => {
      for (let i = 0; i < 50; i++) {
        sent.update(block);
        await output.write(block);
      }
      await output.end();
    })();
    for await (const chunk of input) received.update(chunk);
    await writing;
    expect(await call).toEqual({ bytes: 50 * block.length });
    expect(received.digest("hex")).toBe(sent.digest("hex"));
  });
});

describe("what is not to be trusted closes the channel", () => {
  test.each<[string, FrameKind | number, number, Uint8Array | string, string]>([
    ["an unknown kind", 77, 0, "", "unknown frame kind 77"],
    ["a request that is not JSON", FrameKind.request, 1, "{", "not JSON"],
    ["a request without a name", FrameKind.request, 1, "{}", "without a command's name"],
    ["an event that is not JSON", FrameKind.event, 0, "nope", "not JSON"],
    ["a reply to nothing", FrameKind.reply, 4, "{}", "reply to request 4, which was not asked"],
    ["a failure of nothing", FrameKind.failure, 4, "{}", "reply to request 4"],
  ])("%s", async (_name, kind, id, payload, message) => {
    const { send, closed, peer } = await halfPair(false);
    await send(kind as FrameKind, id, payload);
    const error = await closed;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(message);
    await expect(peer.call("x" as never, {} as never)).rejects.toBe(error);
  });

  test("data beyond the window", async () => {
    const { send, closed } = await halfPair(false);
    for (let i = 0; i < 5; i++) await send(FrameKind.data, 3, new Uint8Array(16384));
    expect((await closed).message).toBe("stream 3 sent 16384 bytes beyond its window");
  });

  test("credit that was not used", async () => {
    const { peer, send, closed } = await halfPair(true);
    const output = peer.openOutput();
    await send(FrameKind.credit, output.id, encodeU32(1));
    expect((await closed).message).toBe("stream 1 was granted too much credit");
  });
});
