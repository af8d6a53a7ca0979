import { expect, test } from "vitest";
import { FakeSystem } from "../system/fake-system.js";
import { Dialer, type Dialled } from "./dialer.js";

const settle = () => new Promise((resolve) => setTimeout(resolve));

function around() {
  const system = new FakeSystem();
  const dialer = new Dialer(system);
  const [dialled, failed]: [Dialled[], unknown[]] = [[], []];
  const dial = (times: number, port = 80) => {
    for (let i = 0; i < times; i++)
      dialer.dial("10.0.0.1", port).then(
        (each) => dialled.push(each),
        (error) => failed.push(String(error)),
      );
    return connect();
  };
  /** All that are under way are there. */
  const connect = async () => {
    for (let i = 0; i < 3; i++) {
      system.turn();
      await settle();
    }
  };
  return { system, dialled, failed, dial, connect };
}

test("four connections to a server at a time, until it answers", async () => {
  const { dialled, dial, connect } = around();
  await dial(6);
  expect(dialled).toHaveLength(4);
  dialled[0]!.answered.write(new Uint8Array(1));
  dialled[0]!.answered.write(new Uint8Array(1));
  await connect();
  expect(dialled).toHaveLength(5);
  await dial(1, 81);
  expect(dialled).toHaveLength(6);
});

test("one that says nothing is waited for half a second", async () => {
  const { system, dialled, dial, connect } = around();
  await dial(5);
  system.advance(499);
  await connect();
  expect(dialled).toHaveLength(4);
  system.advance(500);
  await connect();
  expect(dialled).toHaveLength(5);
});

test("one that cannot be had holds nobody up, and its socket is closed", async () => {
  const { system, dialled, failed, dial } = around();
  const open = system.descriptors.open.size;
  for (let i = 0; i < 4; i++) system.failNext("connect", "ECONNREFUSED");
  await dial(6);
  expect(failed).toEqual(Array(4).fill("Failure: 10.0.0.1:80: connection refused"));
  expect(dialled).toHaveLength(2);
  expect(system.descriptors.open.size).toBe(open + 2);
});
