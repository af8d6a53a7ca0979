import { expect, test } from "vitest";
import { Failure } from "../failure.js";
import { homeOf, resolveUser } from "./passwd.js";

const PASSWD = `root:x:0:0:root:/root:/bin/sh
# a comment: not a user
app:x:1000:1001:App:/home/app:/bin/sh
nohome:x:7:8::
+::::::
`;
const GROUP = `root:x:0:
app:x:1001:
extra:x:2000:app,other
more:x:2001:other,app
`;

test.each<[user: string, uid: number, gid: number, additional: number[], home: string]>([
  ["", 0, 0, [], "/root"],
  ["root", 0, 0, [], "/root"],
  ["app", 1000, 1001, [2000, 2001], "/home/app"],
  ["1000", 1000, 1001, [2000, 2001], "/home/app"],
  ["app:extra", 1000, 2000, [], "/home/app"],
  ["app:4000", 1000, 4000, [], "/home/app"],
  ["1234", 1234, 0, [], "/"],
  ["1234:app", 1234, 1001, [], "/"],
  ["nohome", 7, 8, [], "/"],
])("%s", (user, uid, gid, additionalGids, home) => {
  expect(resolveUser(user, PASSWD, GROUP)).toEqual({ uid, gid, additionalGids, home });
});

test.each([
  ["foo", "unable to find user foo: no matching entries in passwd file"],
  ["app:foo", "unable to find group foo: no matching entries in group file"],
  ["4294967295", "uids and gids must be in range 0-2147483647: 4294967295"],
])("%s is refused", (user, message) => {
  expect(() => resolveUser(user, PASSWD, GROUP)).toThrow(new Failure("no-such-user", message));
});

test("home of a number", () => {
  expect([homeOf(1000, PASSWD), homeOf(5, PASSWD), homeOf(0, "")]).toEqual(["/home/app", "/", "/"]);
});
