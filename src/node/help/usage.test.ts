import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../../cli/fakes/scripted-engine.js";
import { stockClientVersion } from "./stock-client.js";
import { type StockDaemon, stockDaemon } from "./stock-daemon.js";

/** Command lines that are wrong before the engine is asked. */
const WRONG = `
rnu
image lss
container foo --bar
volume
volume foo
swarm foo
context foo
ps --al
ps -z
ps --all=maybe
ps -n x
ps --last
ps x y
ps --filter foo
images a b
rm
rm --nope
rmi
kill
kill -s
stop -t x web
restart
start
start -a a b
logs
logs a b
logs --tail
run
run --nope
run -it
run --memory abc x
run -m
run --cpus abc x
run --cpu-shares x x
run --pids-limit x x
run --ulimit x x
run --ulimit nofile=2:1 x
run --ulimit nope=1 x
run --mount x x
run --mount type=volume x
run -e =x x
run -l =x x
run -a nope x
run --stop-timeout x x
run --oom-score-adj x x
run --shm-size x x
run --memory-swap x x
run --memory-swappiness x x
run --blkio-weight x x
run --blkio-weight 70000 x
run --health-retries x x
run --health-timeout x x
run --sysctl x x
run --dns x x
run --add-host x x
run --add-host x:y x
run --pull=x --rm=x x
create
create --nope x
exec
exec web
exec --nope web ls
exec -e =x web ls
cp
cp a
cp a b
cp web:/a db:/b
cp --nope a b
commit
commit a b c
diff
diff a b
export
import
inspect
inspect --nope x
container inspect
image inspect
volume inspect
volume create a b
volume create --label =x
volume rm
volume prune --filter x
history
load x
save
tag a
tag a b c
tag a B
pull
pull a b
push
push a b
port
port a b c
top
unpause
pause
update
update --cpus x web
wait
rename a
attach
attach a b
stats --nope
events x
events --filter x
info x
version x
system foo
system df x
system prune x
network foo
search
search a b
logout a b
context inspect --nope
context show x
context ls x
context rm
context export
context import a
context create
context update
-x
--nope
help foo
help image foo
help run --foo
-l
`
  .trim()
  .split("\n");

let daemon: StockDaemon | undefined;
const stock = stockClientVersion() === "28.2.2";
beforeAll(async () => {
  if (stock) daemon = await stockDaemon({});
});
afterAll(() => daemon?.close());

test.skipIf(!stock).each(WRONG)("docker %s (skipped where there is no docker 28.2.2 on PATH)", async (line) => {
  const argv = line.split(" ");
  const theirs = await daemon!.run(argv);
  // A slip of 28.2's in its words for too many arguments.
  theirs.stderr = theirs.stderr.replace("SRun '", "Run '");
  const { status, stdout, stderr } = await docker(argv);
  expect({ status, stdout, stderr }).toEqual(theirs);
});
