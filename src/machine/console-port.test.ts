import { expect, test } from "vitest";
import { ConsolePort } from "./console-port.js";
import type { V86Emulator } from "./v86.js";

/** A guest that posts buffers when told to; like v86, it drops what finds none or does not fit. */
class FakeGuest {
  buffers = 0;
  configured = true;
  readonly received: number[] = [];
  readonly chunks: number[] = [];
  lost = 0;
  readonly listeners = new Map<string, (bytes: Uint8Array) => void>();

  readonly emulator = {
    bus: {
      send: (_event: string, value: unknown) => {
        const bytes = value as Uint8Array;
        if (this.buffers === 0 || bytes.length > 4096) {
          this.lost += bytes.length;
          return;
        }
        this.buffers--;
        this.chunks.push(bytes.length);
        this.received.push(...bytes);
      },
    },
    v86: {
      cpu: {
        devices: {
          virtio_console: {
            virtio: {
              queues: Array.from({ length: 10 }, () => ({
                is_configured: () => Number(this.configured),
                has_request: () => this.buffers > 0,
              })),
            },
          },
        },
      },
    },
    add_listener: (event: string, listener: (bytes: Uint8Array) => void) => this.listeners.set(event, listener),
  } as unknown as V86Emulator;
}

test("no byte is lost, whatever buffers the guest has", async () => {
  const guest = new FakeGuest();
  const port = new ConsolePort(guest.emulator, 1);
  const sent: number[] = [];
  for (let i = 0; i < 200; i++) {
    const bytes = new Uint8Array(Math.floor(Math.random() ** 3 * 12_000)).map((_, at) => at + i);
    sent.push(...bytes);
    void port.send(bytes);
    guest.buffers = Math.floor(Math.random() * 3);
    port.pump();
  }
  while (guest.received.length < sent.length) {
    guest.buffers = 1;
    port.pump();
  }
  expect(guest.lost).toBe(0);
  expect(guest.received).toEqual(sent);
});

test("small messages that wait go together", () => {
  const guest = new FakeGuest();
  const port = new ConsolePort(guest.emulator, 1);
  for (let i = 0; i < 100; i++) void port.send(new Uint8Array(90));
  guest.buffers = 10;
  port.pump();
  expect(guest.chunks).toEqual([45 * 90, 45 * 90, 10 * 90]);
});

test("a sender waits while much waits before it", async () => {
  const guest = new FakeGuest();
  const port = new ConsolePort(guest.emulator, 1);
  await port.send(new Uint8Array(60_000));
  let taken = false;
  const sending = port.send(new Uint8Array(60_000)).then(() => (taken = true));
  guest.buffers = 10;
  port.pump();
  await Promise.resolve();
  expect(taken).toBe(false);
  guest.buffers = 10;
  port.pump();
  await sending;
});

test("nothing is asked of a queue that the guest has not set up", () => {
  const guest = new FakeGuest();
  guest.configured = false;
  guest.buffers = 1;
  const port = new ConsolePort(guest.emulator, 0);
  void port.send(new Uint8Array(1));
  expect(guest.received).toEqual([]);
  guest.configured = true;
  port.pump();
  expect(guest.received).toEqual([0]);
});

test("a closed port refuses, and lets go who waits", async () => {
  const guest = new FakeGuest();
  const port = new ConsolePort(guest.emulator, 1);
  const closed: Error[] = [];
  port.onClose((error) => closed.push(error));
  const waiting = port.send(new Uint8Array(100_000));
  const reason = new Error("the machine was stopped");
  port.close(reason);
  port.close(new Error("again"));
  await expect(waiting).rejects.toBe(reason);
  await expect(port.send(new Uint8Array(1))).rejects.toBe(reason);
  expect(closed).toEqual([reason]);
});

test("what the guest prints is handed on", () => {
  const guest = new FakeGuest();
  const port = new ConsolePort(guest.emulator, 2);
  const heard: number[][] = [];
  port.onReceive((bytes) => heard.push([...bytes]));
  const print = guest.listeners.get("virtio-console2-output-bytes")!;
  print(new Uint8Array([1, 2]));
  print(new Uint8Array(0));
  port.close(new Error("stopped"));
  print(new Uint8Array([3]));
  expect(heard).toEqual([[1, 2]]);
});
