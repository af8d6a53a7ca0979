/** Containers in networks, on the real kernel: bridges, names, published ports, and the page's own connections. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";

let headless: Headless;
let links: string;
beforeAll(async () => {
  headless = await openHeadless();
  await sh("docker pull -q busybox");
  links = await linksOf();
});
afterAll(() => headless?.dispose());
/** Nothing is left of what a test has made: no container, network, link, nor listening socket. */
afterEach(async () => {
  await sh("docker rm -f $(docker ps -aq); docker network prune -f");
  await headless.core.engine.idle();
  expect(await linksOf()).toBe(links);
});

async function sh(script: string): Promise<{ stdout: string; stderr: string; status: number }> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const status = await runInGuest(headless.machine, ["/bin/sh", "-c", script], { stdout, stderr });
  return { stdout: stdout.text, stderr: stderr.text, status };
}

const out = async (script: string) => (await sh(script)).stdout;

async function linksOf(): Promise<string> {
  return out("ls /sys/class/net; netstat -ltn");
}

/** A web server whose page is its name, once it listens; `$1` name, the rest goes to `docker run`. */
const SERVE = `serve() { name=$1; shift
  docker run -d --name $name "$@" busybox sh -c "echo $name >/index.html; exec httpd -f -h /" >/dev/null
  listens $name 80
}
listens() { until docker exec $1 netstat -ltn | grep -q ":$2 "; do :; done; }`;
/** What a container made of the words hears of a server. */
const GET = `get() { url=$1; shift; docker run --rm "$@" busybox wget -qO- $url 2>&1; }`;

describe("Docker's default network", () => {
  test("gives a container an address, a route and its name", async () => {
    const stdout = await out(`docker run --rm --hostname box --add-host other:10.1.2.3 busybox sh -c '
      ip -o addr show eth0; ip route; hostname; grep -E "box|other" /etc/hosts; cat /sys/class/net/eth0/address'`);
    expect(stdout.replace(/ +/g, " ")).toMatch(
      /^2: eth0 inet (172\.17\.0\.\d+)\/16 .*\n(.*\n)?default via 172\.17\.0\.1 dev eth0 \n172\.17\.0\.0\/16 dev eth0 .* src \1 \nbox\n10\.1\.2\.3\tother\n\1\tbox\n02:42:ac:11:00:/,
    );
  });

  test("containers reach each other and the guest by address, and nothing outside, which is told at once", async () => {
    const stdout = await out(`${SERVE}; ${GET}; serve web
      get http://$(docker inspect -f '{{.NetworkSettings.IPAddress}}' web)/
      docker run --rm busybox sh -c 'ping -c 1 172.17.0.1 | grep -c "bytes from"; nslookup example.com | tail -n 2; nslookup web | tail -n 2'`);
    expect(stdout).toBe("web\n1\n** server can't find example.com: NXDOMAIN\n\n** server can't find web: NXDOMAIN\n\n");
  });

  test("a container runs again with an address, after a stop or a kill", async () => {
    const stdout = await out(`${SERVE}; serve web -p 8080:80
      docker kill web >/dev/null; docker inspect -f '-{{.NetworkSettings.IPAddress}}-{{.NetworkSettings.Ports}}-' web
      docker start web >/dev/null; listens web 80; wget -qO- http://localhost:8080/`);
    expect(stdout).toBe("--map[]-\nweb\n");
  });
});

describe("published ports", () => {
  test("the seed's line", async () => {
    const stdout =
      await out(`${SERVE}; printf 'FROM busybox\\nRUN echo ok >/index.html\\nCMD httpd -f -p 8080 -h /\\n' | docker build -q -t kuard - >/dev/null
      docker run -d --name kuard --publish 8080:8080 --memory 200m --memory-swap 1G --cpu-shares 1024 kuard >/dev/null; listens kuard 8080
      wget -qO- http://localhost:8080/; docker ps --format '{{.Ports}}'; docker port kuard`);
    expect(stdout).toBe(
      "ok\n0.0.0.0:8080->8080/tcp, [::]:8080->8080/tcp\n8080/tcp -> 0.0.0.0:8080\n8080/tcp -> [::]:8080\n",
    );
    const answer = await headless.core.engine.fetchPort(8080, new Request("http://localhost:8080/"));
    expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
  });

  test("answer in the guest, over IPv6 too, and in other containers; ranges and any port", async () => {
    const stdout = await out(`${SERVE}; ${GET}; serve web -p 127.0.0.1:8000-8001:80 -p 8002:81 -P --expose 82
      docker port web | sed 's/:327../:any/'; wget -qO- http://127.0.0.1:8000/
      serve two -p 80; port=$(docker port two 80 | head -n 1); wget -qO- http://localhost:\${port#*:}/
      wget -qO- "http://[::1]:\${port#*:}/"; get http://172.17.0.1:\${port#*:}/`);
    expect(stdout).toBe(
      [
        ...["80/tcp -> 127.0.0.1:8000", "81/tcp -> 0.0.0.0:8002", "81/tcp -> [::]:8002"],
        ...["82/tcp -> 0.0.0.0:any", "82/tcp -> [::]:any", "web", "two", "two", "two", ""],
      ].join("\n"),
    );
  });

  test("that are taken are refused in Docker's words, and nothing of the container stays", async () => {
    const { stdout, stderr } = await sh(`${SERVE}; serve web -p 8080:80; nc -l -p 9000 >/dev/null & sleep 1
      docker run --rm -p 8080:80 busybox true; echo $?; docker run --rm -p 9000:80 busybox true; echo $?; kill $!
      docker run --rm -p 53:53/udp busybox true; docker ps -a --format '{{.Names}}'`);
    expect(stdout).toBe("125\n125\nweb\n");
    expect(stderr).toMatch(/Bind for 0\.0\.0\.0:8080 failed: port is already allocated/);
    expect(stderr).toMatch(/failed to bind host port: 0\.0\.0\.0:9000: address already in use/);
    expect(stderr).toMatch(/publishing UDP ports is not supported, only TCP: 53\/udp/);
  });

  test("the port of a container that has just gone is had by the next", async () => {
    const stdout = await out(`${SERVE}; for i in 1 2 3; do serve web$i -p 8080:80; wget -qO- http://localhost:8080/
      docker rm -f web$i >/dev/null; done`);
    expect(stdout).toBe("web1\nweb2\nweb3\n");
  });
});

describe("the page's own connections", () => {
  const [LARGE, SENT] = [20 << 20, 4 << 20];
  const request = (path: string, init?: RequestInit) => new Request(`http://localhost:8080${path}`, init);
  const fetchPort = (path: string, init?: RequestInit) => headless.core.engine.fetchPort(8080, request(path, init));

  async function serve(): Promise<void> {
    await sh(`docker run -d --name web -p 8080:80 busybox sh -c '
      mkdir -p /cgi-bin; dd if=/dev/zero of=/large bs=1M count=20 2>/dev/null; echo small >/small
      printf "#!/bin/sh\\necho; wc -c\\n" >/cgi-bin/count; chmod +x /cgi-bin/count; exec httpd -f -h /'
      until wget -qO /dev/null http://localhost:8080/small; do sleep 1; done`);
  }

  test("many at once, large bodies both ways, and a reader that stops holds up nobody", async () => {
    await serve();
    const stopped = (await fetchPort("/large")).body!.getReader();
    await stopped.read();
    const all = await Promise.all(Array.from({ length: 200 }, async () => (await fetchPort("/small")).text()));
    expect(new Set(all)).toEqual(new Set(["small\n"]));
    expect((await (await fetchPort("/large")).arrayBuffer()).byteLength).toBe(LARGE);
    const body = new Uint8Array(SENT);
    expect(await (await fetchPort("/cgi-bin/count", { method: "POST", body })).text()).toBe(`${SENT}\n`);
    await stopped.cancel();
    expect((await fetchPort("/nothing")).status).toBe(404);
  });

  test("who goes away ends the connection; who is not there is told", async () => {
    await serve();
    const { streams } = headless.machine.figures();
    const answer = await fetchPort("/large");
    await answer.body!.cancel();
    await expect.poll(() => headless.machine.figures().streams, { timeout: 10_000 }).toBe(streams);
    await expect(headless.core.engine.connectPort(9999)).rejects.toThrow("no container publishes port 9999");
    await sh("docker run -d --name mute -p 9090:90 busybox sleep 1000");
    await expect(headless.core.engine.connectPort(9090)).rejects.toThrow("connection refused");
    const open = await headless.core.engine.connectPort(8080);
    await sh("docker rm -f web");
    await headless.core.engine.idle();
    expect((await open.readable.getReader().read()).done).toBe(true);
  });
});

describe("a user's network", () => {
  test("names, aliases and ids are found in it, and not from another one", async () => {
    const stdout =
      await out(`${SERVE}; ${GET}; docker network create one >/dev/null; docker network create two >/dev/null
      serve web --network one --network-alias shop --hostname host
      for name in web shop host WEB web.one $(docker ps -q); do get http://$name/ --network one; done
      get http://web/ --network two; get http://web/
      address=$(docker inspect -f '{{.NetworkSettings.Networks.one.IPAddress}}' web)
      docker run --rm --network two busybox ping -c 1 -W 1 $address | grep -c 'bytes from'
      docker run --rm --network one busybox ping -c 1 -W 1 $address | grep -c 'bytes from'
      docker run --rm --network one busybox cat /etc/resolv.conf`);
    expect(stdout).toBe(
      `${"web\n".repeat(6)}${"wget: bad address 'web'\n".repeat(2)}0\n1\nnameserver 127.0.0.11\noptions ndots:0\n`,
    );
  });

  test("an address that is asked for, of a subnet of one's own", async () => {
    const { stdout, stderr } = await sh(`${SERVE}; ${GET}
      docker network create --subnet 10.9.0.0/24 --ip-range 10.9.0.128/25 --gateway 10.9.0.254 own >/dev/null
      serve web --network own --ip 10.9.0.7; get http://10.9.0.7/ --network own
      docker run --rm --network own busybox sh -c 'ip -o addr show eth0 | grep -c 10.9.0.128/24; ip route | head -n 1'
      docker run --rm --network own --ip 10.9.0.7 busybox true
      docker run --rm --network own --ip 10.8.0.7 busybox true
      docker run --rm --ip 172.17.0.9 busybox true
      docker network create --subnet 10.9.0.0/16 overlapping; docker network rm own`);
    expect(stdout).toBe("web\n1\ndefault via 10.9.0.254 dev eth0 \n");
    expect(stderr).toMatch(/Address already in use/);
    expect(stderr).toMatch(/no configured subnet contains IP address 10\.8\.0\.7/);
    expect(stderr).toMatch(/user specified IP address is supported on user defined networks only/);
    expect(stderr).toMatch(/Pool overlaps with other one/);
    expect(stderr).toMatch(/network own has active endpoints \(name:"web"/);
  });

  test("containers are connected and disconnected while they run", async () => {
    const stdout = await out(`${SERVE}; docker network create back >/dev/null; serve db --network back
      docker run -d --name app busybox sleep 1000 >/dev/null; ask="docker exec app wget -qO- http://db/"
      $ask 2>&1; docker network connect --alias app2 back app; $ask; docker exec app ip -o addr show eth1 | wc -l
      docker exec db ping -c 1 app2 | grep -c 'bytes from'
      docker network inspect -f '{{range .Containers}}{{.Name}} {{end}}' back | tr ' ' '\\n' | sort | xargs
      docker network disconnect bridge app; docker exec app ip route | head -n 1 | cut -d ' ' -f 2,3
      docker network disconnect back app; docker exec app ls /sys/class/net; $ask 2>&1
      docker network connect back app; docker restart -t 0 app >/dev/null; $ask`);
    expect(stdout).toBe(
      [
        "wget: bad address 'db'",
        ...["db", "1", "1", "app db", "via 172.18.0.1", "lo"],
        ...["wget: bad address 'db'", "db", ""],
      ].join("\n"),
    );
  });

  test("an internal one has no way out; one that is not there is told", async () => {
    const { stdout, stderr } = await sh(`docker network create --internal shut >/dev/null
      docker run --rm --network shut busybox sh -c 'ip route | grep -c default'
      docker run --rm --network nosuch busybox true; docker network rm nosuch bridge; docker network rm shut`);
    expect(stdout).toBe("0\nshut\n");
    expect(stderr).toMatch(/failed to set up container networking: network nosuch not found/);
    expect(stderr).toMatch(/network nosuch not found\n/);
    expect(stderr).toMatch(/bridge is a pre-defined network and cannot be removed/);
  });
});

test("another container's network, the guest's, and none", async () => {
  const { stdout, stderr } = await sh(`${SERVE}; ${GET}; serve web --hostname own
    get http://localhost/ --network container:web; docker run --rm --network container:web busybox hostname
    docker run --rm --network container:web -p 80:80 busybox true
    docker run --rm --network host busybox sh -c 'ls /sys/class/net | grep -c docker0; hostname'
    docker run --rm --network none busybox ls /sys/class/net
    docker stop -t 0 web >/dev/null; docker run --rm --network container:web busybox true`);
  expect(stdout).toBe("web\nown\n1\ndrydock\nlo\n");
  expect(stderr).toMatch(/port publishing and the container type network mode/);
  expect(stderr).toMatch(/cannot join network of a non running container/);
});

test("thirty containers on one bridge", async () => {
  const stdout = await out(`docker network create many >/dev/null
    for i in $(seq 30); do docker run -d --name c$i --network many busybox sleep 1000 >/dev/null; done
    for i in 1 15 30; do docker exec c2 ping -c 1 c$i | grep -c 'bytes from'; done
    docker network inspect -f '{{len .Containers}}' many; docker rm -f $(docker ps -q) | wc -l`);
  expect(stdout).toBe("1\n1\n1\n30\n30\n");
});
