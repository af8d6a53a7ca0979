import { expect, test } from "vitest";
import { formatAddress, parseAddress, parseSubnet } from "../../shared/network/ipv4.js";
import { AddressPool } from "./address-pool.js";
import { freeSubnet } from "./subnets.js";

const text = (address: number | undefined) => address && formatAddress(address);
const take = (pool: AddressPool) => text(pool.take());

test("the lowest free address, and again once it is free", () => {
  const pool = new AddressPool(parseSubnet("10.0.0.0/29")!);
  expect([take(pool), take(pool), take(pool)]).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  pool.release(parseAddress("10.0.0.2")!);
  expect([take(pool), take(pool), take(pool), take(pool)]).toEqual(["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
  expect(take(pool)).toBeUndefined();
});

test("of a range, but what is asked for of all the subnet", () => {
  const pool = new AddressPool(parseSubnet("10.0.0.0/24")!, parseSubnet("10.0.0.252/30")!);
  expect([take(pool), take(pool), take(pool), take(pool)]).toEqual([
    "10.0.0.252",
    "10.0.0.253",
    "10.0.0.254",
    undefined,
  ]);
  const claims = ["10.0.0.9", "10.0.0.9", "10.0.1.1", "10.0.0.0", "10.0.0.255"].map((address) =>
    pool.claim(parseAddress(address)!),
  );
  expect(claims).toEqual([true, false, false, false, false]);
});

test("Docker's pools, without what is taken", () => {
  const next = (...taken: string[]) => {
    const subnet = freeSubnet(taken.map((each) => parseSubnet(each)!));
    return subnet && `${formatAddress(subnet.base)}/${subnet.prefix}`;
  };
  expect(next()).toBe("172.17.0.0/16");
  expect(next("172.17.0.0/16", "172.18.5.0/24")).toBe("172.19.0.0/16");
  expect(next("172.16.0.0/12")).toBe("192.168.0.0/20");
  expect(next("172.16.0.0/12", "192.168.0.0/16")).toBeUndefined();
});
