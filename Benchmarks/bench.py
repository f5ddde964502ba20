"""Ratios of Weir against named peers; each line is the best of several runs on warm files."""

import datetime
import os
import pty
import random
import resource
import select
import statistics
import subprocess
import sys
import time

weir, cache = sys.argv[1], sys.argv[2]
RUNS = 5
TYPES = "{'id':'BIGINT','ts':'TIMESTAMP','region':'VARCHAR','channel':'INTEGER','v':'DECIMAL(10,2)'}"


def generate(path, rows):
    """Five columns, ordered in time; the same bytes on every machine."""
    if os.path.exists(path):
        return
    print(f"generating {path}", file=sys.stderr)
    rng = random.Random(7)
    regions = ["eu", "us", "ap", "sa"]
    start = datetime.datetime(2026, 1, 1)
    millis, lines = 0, []
    with open(path + ".part", "w") as out:
        for row in range(rows):
            millis += rng.randrange(100)
            stamp = start + datetime.timedelta(seconds=millis // 1000)
            lines.append(
                f"{row},{stamp:%Y-%m-%d %H:%M:%S}.{millis % 1000:03d},{rng.choice(regions)},"
                f"{rng.randrange(8)},{rng.random() * 100:.2f}\n")
            if len(lines) == 100_000:
                out.write("".join(lines))
                lines = []
        out.write("".join(lines))
    os.rename(path + ".part", path)


def best(body, runs=RUNS):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def run(arguments, **options):
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def script(name, text):
    path = f"{cache}/{name}.sqrl"
    with open(path, "w") as out:
        out.write(text)
    return path


def report(what, ours, peer, theirs, extra=""):
    print(f"| {what} | {ours:.3f} s | {peer} {theirs:.3f} s | {theirs / ours:.2f} | {extra} |")


def load(file):
    source = script("load", f"""
CREATE TABLE Src (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, region STRING NOT NULL,
  channel INT NOT NULL, v DECIMAL(10, 2) NOT NULL, PRIMARY KEY (id) NOT ENFORCED,
  CONSTRAINT positive CHECK (v >= 0), CONSTRAINT channels CHECK (channel < 100))
  WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'csv');
Events := SELECT * FROM Src;
""")
    ours = best(lambda: run([weir, "run", source, "--once", "--fresh", "--quiet"]))
    database = f"{cache}/import.db"

    def imported():
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(database + suffix):
                os.remove(database + suffix)
        run(["sqlite3", database], input=f"""
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, region TEXT, channel INTEGER, v REAL);
.import --csv {file} events
""".encode())

    report("1 M rows, 5 columns, csv to table with integer key, validated", ours,
           "sqlite3 .import", best(imported), f"{1 / ours:.2f} M rows/s")


def window(file):
    import duckdb
    source = script("window", f"""
CREATE TABLE Src (id BIGINT, ts TIMESTAMP(3), region STRING, channel INT, v DECIMAL(10, 2),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'csv');
PerMinute := SELECT window_start, region, COUNT(*) AS n, SUM(v) AS total
  FROM TABLE(TUMBLE(TABLE Src, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end, region;
""")
    command = [weir, "run", source, "--once", "--fresh", "--quiet"]
    ours = best(lambda: run(command))
    for threads in (2, 1):
        def query():
            connection = duckdb.connect()
            connection.execute(f"SET threads = {threads}")
            connection.execute(
                "CREATE TABLE per_minute AS SELECT date_trunc('minute', ts) AS m, region, count(*) AS n,"
                f" sum(v) AS total FROM read_csv('{file}', header=false, columns={TYPES}) GROUP BY ALL")
        report("5 M rows, csv to one-minute TUMBLE by (window, region), count and sum", ours,
               f"DuckDB, {threads} threads", best(query), f"{5 / ours:.2f} M rows/s")
    wide = script("window-wide", open(source).read().replace(
        "region, COUNT", "region, channel, COUNT").replace("window_end, region", "window_end, region, channel"))
    ours = best(lambda: run([weir, "run", wide, "--once", "--fresh", "--quiet"]))

    def query_wide():
        connection = duckdb.connect()
        connection.execute("SET threads = 2")
        connection.execute(
            "CREATE TABLE w AS SELECT date_trunc('minute', ts) AS m, region, channel, count(*) AS n,"
            f" sum(v) AS total FROM read_csv('{file}', header=false, columns={TYPES}) GROUP BY ALL")
    report("the same by (window, region, channel)", ours, "DuckDB, 2 threads", best(query_wide),
           f"{5 / ours:.2f} M rows/s")
    observation("the first window run", command)
    few = script("few", f"""
CREATE TABLE Src (id BIGINT, ts TIMESTAMP(3), region STRING, channel INT, v DECIMAL(10, 2))
  WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'csv');
Few := SELECT id, region, v FROM Src WHERE MOD(id, 5000) = 0;
""")
    observation("a filter that keeps one row in 5000", [weir, "run", few, "--once", "--fresh", "--quiet"])


def groups(file):
    import duckdb
    source = script("groups", f"""
CREATE TABLE Src (id BIGINT, ts TIMESTAMP(3), region STRING, channel INT, v DECIMAL(10, 2))
  WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'csv');
ByKey := SELECT MOD(id, 1000) AS k, COUNT(*) AS n, SUM(v) AS total FROM Src GROUP BY MOD(id, 1000);
""")
    ours = best(lambda: run([weir, "run", source, "--once", "--fresh", "--quiet"]))
    for threads in (2, 1):
        def query():
            connection = duckdb.connect()
            connection.execute(f"SET threads = {threads}")
            connection.execute(
                "CREATE TABLE by_key AS SELECT id % 1000 AS k, count(*) AS n, sum(v) AS total"
                f" FROM read_csv('{file}', header=false, columns={TYPES}) GROUP BY ALL")
        report("5 M rows, csv to 1 000 groups, count and sum", ours, f"DuckDB, {threads} threads", best(query),
               f"{5 / ours:.2f} M rows/s")


def cpu(arguments):
    """Processor seconds of a run: wall time depends on what else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def observation(what, command):
    """Clocks, histograms and rings on against off, in turns."""
    observed, blind = [], []
    for _ in range(20):
        observed.append(cpu(command))
        blind.append(cpu(command + ["--no-observe"]))
    ours, theirs = statistics.median(observed), statistics.median(blind)
    report(f"CPU of {what}, observed (median of 20)", ours, "not observed", theirs,
           f"{(ours / theirs - 1) * 100:+.1f} %; best of 20 {(min(observed) / min(blind) - 1) * 100:+.1f} %")


def latency():
    store = f"{cache}/.weir/window.db"
    query = [weir, "query", "--store", store, "SELECT count(*), sum(n) FROM PerMinute"]
    ours = best(lambda: run(query), 20)
    theirs = best(lambda: run(["sqlite3", store, "SELECT count(*), sum(n) FROM PerMinute"]), 20)
    report("weir query on that store", ours, "sqlite3", theirs, f"{ours * 1000:.0f} ms")
    frames = [first_frame() for _ in range(5)]
    print(f"| time to first frame of the workbench | {min(frames):.3f} s | | | {min(frames) * 1000:.0f} ms |")


def first_frame():
    """From fork to the first drawn heading, on a pseudo-terminal of 80x24."""
    start = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(weir, [weir, "open", f"{cache}/window.sqrl", "--store", f"{cache}/frame.db", "--fresh"])
    seen = b""
    while b"STAGE" not in seen and time.perf_counter() - start < 20:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
    elapsed = time.perf_counter() - start
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(terminal)
    return elapsed


def main():
    small, large = f"{cache}/events-1m.csv", f"{cache}/events-5m.csv"
    generate(small, 1_000_000)
    generate(large, 5_000_000)
    import duckdb
    print(f"cores: {os.cpu_count()}, DuckDB {duckdb.__version__}, best of {RUNS}, {datetime.date.today()}\n")
    print("| what | Weir | peer | ratio | |\n|---|---|---|---|---|")
    load(small)
    window(large)
    groups(large)
    latency()


main()
